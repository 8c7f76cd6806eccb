"""Learners and mentors as the matcher sees them, from PostgreSQL.

Triggers number every change of an offer, a load or a mentor's profile (`mentors.pool_version`),
and the tenant's counter is locked until commit: who has read up to a number has read all of it.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import (
    ARRAY,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from skillbridge.adapters.postgres.database import Database
from skillbridge.adapters.postgres.query import Query
from skillbridge.adapters.postgres.tables import (
    completions,
    matches,
    mentors,
    pool_versions,
    profiles,
    roadmaps,
)
from skillbridge.application.matching.ports import Delta, Known, Snapshot
from skillbridge.application.ports import Clock
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import SkillId, TenantId, UserId
from skillbridge.domain.matching.availability import Window, offset_minutes, weekly_mask
from skillbridge.domain.matching.candidate import Candidate
from skillbridge.domain.matching.learner import Learner, UnknownLearner
from skillbridge.domain.matching.pool_version import changes_in, version_at

STILL_ASKED = ["requested", "active", "declined"]

PROFILE = Query(
    select(
        profiles.c.languages,
        profiles.c.country,
        profiles.c.time_zone,
        profiles.c.availability,
        profiles.c.skills,
    ).where(profiles.c.user_id == bindparam("person"), profiles.c.tenant_id == bindparam("tenant"))
)
_module = (
    func.jsonb_array_elements(roadmaps.c.modules)
    .table_valued(column("value", JSONB), with_ordinality="place", name="module")
    .render_derived(name="module")
)
LEARNING = Query(
    select(_module.c.value["skill"].astext.label("skill"))
    .select_from(roadmaps.join(_module, true()))
    .outerjoin(
        completions,
        and_(
            completions.c.roadmap_id == roadmaps.c.id,
            completions.c.module_id == _module.c.value["id"].astext,
        ),
    )
    .where(roadmaps.c.learner_id == bindparam("person"))
    .where(roadmaps.c.tenant_id == bindparam("tenant"))
    .where(roadmaps.c.status == "ready", roadmaps.c.deleted_at.is_(None))
    .where(completions.c.module_id.is_(None))
    .order_by(roadmaps.c.created_at, literal_column("module.place"))
)
ASKED = Query(
    select(matches.c.mentor_id)
    .where(matches.c.learner_id == bindparam("person"), matches.c.tenant_id == bindparam("tenant"))
    .where(matches.c.status == any_(bindparam("states", STILL_ASKED, type_=ARRAY(Text))))
)

_pool = (
    select(
        mentors.c.user_id,
        mentors.c.capacity,
        mentors.c.active_matches,
        mentors.c.accepting,
        mentors.c.rating_sum,
        mentors.c.rating_count,
        mentors.c.experience_years,
        profiles.c.skills,
        profiles.c.languages,
        profiles.c.country,
        profiles.c.time_zone,
        profiles.c.availability,
    )
    .outerjoin(
        profiles,
        and_(profiles.c.user_id == mentors.c.user_id, profiles.c.tenant_id == mentors.c.tenant_id),
    )
    .where(mentors.c.tenant_id == bindparam("tenant"))
)
_version = select(pool_versions.c.version).where(pool_versions.c.tenant_id == bindparam("tenant"))
VERSION = Query(_version)
EVERYONE = Query(_pool.where(mentors.c.accepting))
CHANGED = Query(_pool.where(mentors.c.pool_version > bindparam("seen")))
_known = (
    select(mentors.c.user_id)
    .where(mentors.c.tenant_id == bindparam("tenant"), mentors.c.accepting)
    .where(mentors.c.user_id == any_(bindparam("wanted", type_=ARRAY(Uuid))))
)
KNOWN = Query(
    select(
        func.coalesce(_version.scalar_subquery(), 0).label("version"),
        func.array(_known.scalar_subquery()).label("mentors"),
    )
)


@dataclass(frozen=True, slots=True)
class PostgresLearners:
    database: Database

    async def learner(self, actor: Actor) -> Learner:
        who = {"person": actor.user_id, "tenant": actor.tenant_id}
        async with self.database.transaction(actor, read_only=True) as db:
            profile = await db.row(PROFILE, **who)
            if profile is None:
                raise UnknownLearner
            learning = await db.rows(LEARNING, **who)
            asked = await db.rows(ASKED, **who)
        return Learner(
            user_id=actor.user_id,
            languages=tuple(profile["languages"]),
            country=profile["country"],
            time_zone=profile["time_zone"],
            windows=_windows(profile),
            skills=profile["skills"],
            learning=tuple(SkillId(row["skill"]) for row in learning if row["skill"]),
            asked=frozenset(UserId(row["mentor_id"]) for row in asked),
        )


@dataclass(frozen=True, slots=True)
class PostgresMentorPool:
    """The version is read before the rows: what changes in between is only sent once more."""

    database: Database
    clock: Clock

    async def candidates(self, tenant_id: TenantId) -> Snapshot:
        at = self.clock()
        async with self.database.transaction(_matching(tenant_id), read_only=True) as db:
            now = await db.value(VERSION, tenant=tenant_id) or 0
            rows = await db.rows(EVERYONE, tenant=tenant_id)
        found = (_candidate(row, at) for row in rows)
        return Snapshot(version_at(now, at), [one for one in found if one is not None])

    async def changes_since(self, tenant_id: TenantId, version: int) -> Delta | None:
        at = self.clock()
        seen = changes_in(version, at)
        async with self.database.transaction(_matching(tenant_id), read_only=True) as db:
            now = await db.value(VERSION, tenant=tenant_id) or 0
            if seen is None or seen > now:
                return None
            rows = await db.rows(CHANGED, tenant=tenant_id, seen=seen) if seen < now else []
        changed = {UserId(row["user_id"]): _candidate(row, at) for row in rows}
        upserts = [one for one in changed.values() if one is not None]
        removals = [user_id for user_id, one in changed.items() if one is None]
        return Delta(version, version_at(now, at), upserts, removals)

    async def known(self, tenant_id: TenantId, mentor_ids: Sequence[UserId]) -> Known:
        async with self.database.transaction(_matching(tenant_id), read_only=True) as db:
            row = await db.row(KNOWN, tenant=tenant_id, wanted=list(mentor_ids))
        assert row is not None  # without a table to read from, it is always one
        return Known(version_at(row["version"], self.clock()), frozenset(row["mentors"]))


def _matching(tenant_id: TenantId) -> Actor:
    """No person asks: to the API's login it shows what everyone of the tenant may see."""
    return Actor.system(tenant_id)


def _candidate(row: asyncpg.Record, at: datetime) -> Candidate | None:
    """None for who takes no requests; nor may one unsound row keep all others from a match."""
    if not row["accepting"] or row["time_zone"] is None:
        return None
    with suppress(Invalid, msgspec.ValidationError):
        return Candidate(
            id=UserId(row["user_id"]),
            skills=row["skills"],
            languages=frozenset(row["languages"]),
            country=row["country"],
            utc_offset=offset_minutes(row["time_zone"], at),
            availability=weekly_mask(_windows(row), row["time_zone"], at),
            capacity=row["capacity"],
            taken=row["active_matches"],
            rating_sum=row["rating_sum"],
            rating_count=row["rating_count"],
            experience_months=row["experience_years"] * 12,
        )
    return None


def _windows(row: asyncpg.Record) -> tuple[Window, ...]:
    return msgspec.convert(row["availability"], tuple[Window, ...])
