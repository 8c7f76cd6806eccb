"""Learners and mentors as the matcher sees them, from PostgreSQL.

Triggers number every change of an offer, a load or a mentor's profile (`mentors.pool_version`),
and the tenant's counter is locked until commit: who has read up to a number has read all of it.
"""

from asyncio import to_thread
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from skillbridge.adapters.postgres.database import Connection, Database
from skillbridge.adapters.postgres.pool_seals import last_seal, seal_changes, seal_everyone
from skillbridge.adapters.postgres.query import Query
from skillbridge.adapters.postgres.tables import (
    completions,
    matches,
    mentors,
    pool_seals,
    pool_versions,
    profiles,
    roadmaps,
    users,
)
from skillbridge.adapters.resilience import retrying
from skillbridge.application.matching.ports import Delta, Known, Seal, Snapshot
from skillbridge.application.ports import Clock
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Conflict, Invalid, Unavailable
from skillbridge.domain.ids import SkillId, TenantId, UserId
from skillbridge.domain.matching.availability import Window, offset_minutes, weekly_mask
from skillbridge.domain.matching.candidate import Candidate
from skillbridge.domain.matching.digest import MODULUS, mentor_digest, written
from skillbridge.domain.matching.learner import Learner, UnknownLearner
from skillbridge.domain.matching.pool_version import changes_in, version_at

DONE = 100
"""Percent of a roadmap without an open module."""
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


def _modules(of_whom: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    """The skills of the open modules, in the order of roadmaps and modules."""
    return (
        select(roadmaps.c.learner_id, _module.c.value["skill"].astext.label("skill"))
        .select_from(roadmaps.join(_module, true()))
        .outerjoin(
            completions,
            and_(
                completions.c.roadmap_id == roadmaps.c.id,
                completions.c.module_id == _module.c.value["id"].astext,
            ),
        )
        .where(of_whom, roadmaps.c.tenant_id == bindparam("tenant"))
        .where(roadmaps.c.status == "ready", roadmaps.c.deleted_at.is_(None))
        .where(completions.c.module_id.is_(None))
        .order_by(roadmaps.c.learner_id, roadmaps.c.created_at, literal_column("module.place"))
    )


def _asked(by_whom: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    """The mentors who are not to be suggested again."""
    return (
        select(matches.c.learner_id, matches.c.mentor_id)
        .where(by_whom, matches.c.tenant_id == bindparam("tenant"))
        .where(matches.c.status == any_(bindparam("states", STILL_ASKED, type_=ARRAY(Text))))
    )


LEARNING = Query(_modules(roadmaps.c.learner_id == bindparam("person")))
ASKED = Query(_asked(matches.c.learner_id == bindparam("person")))

BATCH = 2_000
"""Learners read at once."""
_people = any_(bindparam("people", type_=ARRAY(Uuid)))
_named, _after = bindparam("named", type_=ARRAY(Uuid)), bindparam("after", type_=Uuid)
_open_match = (
    exists()
    .where(matches.c.tenant_id == profiles.c.tenant_id, matches.c.learner_id == profiles.c.user_id)
    .where(text("matches.status in ('requested','active')"))
)
_learning = (
    exists()
    .where(roadmaps.c.tenant_id == profiles.c.tenant_id)
    .where(roadmaps.c.learner_id == profiles.c.user_id, roadmaps.c.deleted_at.is_(None))
    .where(roadmaps.c.status == "ready", roadmaps.c.percent < DONE)
)
UNMATCHED = Query(
    select(
        profiles.c.user_id,
        profiles.c.languages,
        profiles.c.country,
        profiles.c.time_zone,
        profiles.c.availability,
        profiles.c.skills,
    )
    .join(users, and_(users.c.id == profiles.c.user_id, users.c.tenant_id == profiles.c.tenant_id))
    .where(profiles.c.tenant_id == bindparam("tenant"), users.c.deleted_at.is_(None))
    .where(users.c.disabled_at.is_(None))
    .where(users.c.email_verified_at.is_not(None), users.c.roles.contains(["learner"]))
    .where(or_(_named.is_(None), profiles.c.user_id == any_(_named)))
    .where(or_(_after.is_(None), profiles.c.user_id > _after))
    .where(~_open_match, _learning)
    .order_by(profiles.c.user_id)
    .limit(bindparam("most"))
)
THEY_LEARN = Query(_modules(roadmaps.c.learner_id == _people))
THEY_ASKED = Query(_asked(matches.c.learner_id == _people))

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
_sealed = (
    select(pool_seals.c.digest)
    .where(pool_seals.c.tenant_id == bindparam("tenant"))
    .where(pool_seals.c.version == bindparam("said"))
)
KNOWN = Query(
    select(
        func.coalesce(_version.scalar_subquery(), 0).label("version"),
        _sealed.scalar_subquery().label("digest"),
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
        return _learner(actor.user_id, profile, learning, asked)

    async def unmatched(
        self, actor: Actor, among: Sequence[UserId] | None = None
    ) -> AsyncIterator[Sequence[Learner]]:
        if among is not None:
            named = sorted(among)
            for start in range(0, len(named), BATCH):
                _, found = await self._unmatched(actor, named[start : start + BATCH])
                yield found
            return
        after: UserId | None = None
        while True:
            rows, found = await self._unmatched(actor, after=after)
            yield found
            if len(rows) < BATCH:
                return
            after = UserId(rows[-1]["user_id"])

    async def _unmatched(
        self,
        actor: Actor,
        named: Sequence[UserId] | None = None,
        after: UserId | None = None,
    ) -> tuple[Sequence[asyncpg.Record], Sequence[Learner]]:
        """At most a batch of rows, and the learners in them who have something to learn."""
        tenant = actor.tenant_id
        async with self.database.transaction(actor, read_only=True) as db:
            rows = await db.rows(UNMATCHED, tenant=tenant, named=named, after=after, most=BATCH)
            people = [row["user_id"] for row in rows]
            learning = _by_learner(await db.rows(THEY_LEARN, people=people, tenant=tenant))
            asked = _by_learner(await db.rows(THEY_ASKED, people=people, tenant=tenant))
        return rows, [
            _learner(who, row, learning[who], asked[who])
            for row in rows
            if learning[who := UserId(row["user_id"])]
        ]


def _by_learner(rows: Sequence[asyncpg.Record]) -> defaultdict[UserId, list[asyncpg.Record]]:
    found: defaultdict[UserId, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        found[UserId(row["learner_id"])].append(row)
    return found


def _learner(
    user_id: UserId,
    profile: asyncpg.Record,
    learning: Sequence[asyncpg.Record],
    asked: Sequence[asyncpg.Record],
) -> Learner:
    return Learner(
        user_id=user_id,
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
    """Version and rows are read as of one moment: what a version holds is always the same."""

    database: Database
    clock: Clock

    async def candidates(self, tenant_id: TenantId) -> Snapshot:
        at = self.clock()
        async with self._reading(tenant_id) as db:
            now = await db.value(VERSION, tenant=tenant_id) or 0
            rows = await db.rows(EVERYONE, tenant=tenant_id)
        found = (_candidate(row, at) for row in rows)
        return Snapshot(version_at(now, at), [one for one in found if one is not None])

    async def changes_since(self, tenant_id: TenantId, version: int) -> Delta | None:
        at = self.clock()
        seen = changes_in(version, at)
        async with self._reading(tenant_id) as db:
            now = await db.value(VERSION, tenant=tenant_id) or 0
            if seen is None or seen > now:
                return None
            rows = await db.rows(CHANGED, tenant=tenant_id, seen=seen) if seen < now else []
        changed = {UserId(row["user_id"]): _candidate(row, at) for row in rows}
        upserts = [one for one in changed.values() if one is not None]
        removals = [user_id for user_id, one in changed.items() if one is None]
        return Delta(version, version_at(now, at), upserts, removals)

    async def seal(self, tenant_id: TenantId) -> Seal:
        async for attempt in retrying(Conflict, Unavailable):
            with attempt:
                return await self._sealed(tenant_id)
        raise AssertionError("the last attempt returns or raises")

    async def known(self, tenant_id: TenantId, mentor_ids: Sequence[UserId], said: int) -> Known:
        async with self.database.transaction(_matching(tenant_id), read_only=True) as db:
            row = await db.row(KNOWN, tenant=tenant_id, said=said, wanted=list(mentor_ids))
        assert row is not None  # without a table to read from, it is always one
        digest = None if row["digest"] is None else written(row["digest"] % MODULUS)
        version = version_at(row["version"], self.clock())
        return Known(version, frozenset(row["mentors"]), digest)

    def _reading(self, tenant_id: TenantId) -> AbstractAsyncContextManager[Connection]:
        return self.database.transaction(_matching(tenant_id), read_only=True, repeatable=True)

    async def _sealed(self, tenant_id: TenantId) -> Seal:
        """A seal of this version or, from a clock that is ahead of ours, of a later one stands."""
        at = self.clock()
        async with self.database.transaction(_matching(tenant_id), repeatable=True) as db:
            now = version_at(await db.value(VERSION, tenant=tenant_id) or 0, at)
            last = await last_seal(db, tenant_id)
            if last and last[0] >= now:
                return Seal(last[0], written(last[1]))
            seen = changes_in(last[0], at) if last else None
            if last is None or seen is None:
                rows = await db.rows(EVERYONE, tenant=tenant_id)
                digests = await to_thread(_digests, rows, at)
                there = {who: digest for who, digest in digests.items() if digest is not None}
                return await seal_everyone(db, tenant_id, now, there)
            rows = await db.rows(CHANGED, tenant=tenant_id, seen=seen)
            return await seal_changes(db, tenant_id, now, last[1], _digests(rows, at))


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


def _digests(rows: Sequence[asyncpg.Record], at: datetime) -> dict[UserId, int | None]:
    """What each adds to the pool's digest; None for who is not in it."""
    found = {UserId(row["user_id"]): _candidate(row, at) for row in rows}
    return {who: mentor_digest(one) if one else None for who, one in found.items()}


def _windows(row: asyncpg.Record) -> tuple[Window, ...]:
    return msgspec.convert(row["availability"], tuple[Window, ...])
