"""Learners as the matcher sees them, from PostgreSQL."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

import asyncpg
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
)
from sqlalchemy.dialects.postgresql import JSONB

from skillbridge.adapters.postgres.accounts.tables import profiles, users
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.matching.tables import matches
from skillbridge.adapters.postgres.mentors.pool import windows_of
from skillbridge.adapters.postgres.progress.tables import completions
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.ranking.learner import Learner, UnknownLearner

DONE = 100
"""Percent of a roadmap without an open module."""
STILL_ASKED = ["requested", "active", "declined"]

_module = (
    func.jsonb_array_elements(roadmaps.c.modules)
    .table_valued(column("value", JSONB), with_ordinality="place", name="module")
    .render_derived(name="module")
)
_completed = (
    select(completions.c.module_id)
    .where(completions.c.roadmap_id == roadmaps.c.id)
    .where(completions.c.learner_id == roadmaps.c.learner_id)
    .where(completions.c.module_id == _module.c.value["id"].astext)
    .correlate(roadmaps, _module)
)
_skills = func.array(
    select(_module.c.value["skill"].astext)
    .select_from(_module)
    .where(~_completed.exists())
    .where(_module.c.value["skill"].astext.is_not(None))
    .order_by(literal_column("module.place"))
    .correlate(roadmaps)
    .scalar_subquery()
)
"""Those of a roadmap's open modules, in their order."""
_tenant: ColumnElement[UUID] = bindparam("tenant", type_=Uuid)
_open = and_(
    roadmaps.c.tenant_id == _tenant,
    roadmaps.c.status == "ready",
    roadmaps.c.deleted_at.is_(None),
    roadmaps.c.percent < DONE,
)


def _asked(by_whom: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    """The mentors who are not to be suggested again."""
    return (
        select(matches.c.learner_id, matches.c.mentor_id)
        .where(by_whom, matches.c.tenant_id == _tenant)
        .where(matches.c.status == any_(bindparam("states", STILL_ASKED, type_=ARRAY(Text))))
    )


_learner_columns = (
    profiles.c.user_id,
    profiles.c.languages,
    profiles.c.country,
    profiles.c.time_zone,
    profiles.c.availability,
    profiles.c.skills,
)
_person = bindparam("person", type_=Uuid)
_learning = (
    select(func.to_jsonb(_skills).label("skills"))
    .where(_open, roadmaps.c.learner_id == _person)
    .order_by(roadmaps.c.created_at)
    .subquery("learning")
)
LEARNER = Read(
    select(
        *_learner_columns,
        select(func.jsonb_agg(_learning.c.skills)).scalar_subquery().label("learning"),
        func.array(
            _asked(matches.c.learner_id == _person)
            .with_only_columns(matches.c.mentor_id)
            .scalar_subquery()
        ).label("asked"),
    ).where(profiles.c.user_id == _person, profiles.c.tenant_id == _tenant)
)

BATCH = 2_000
"""Learners read at once."""
_people = any_(bindparam("people", type_=ARRAY(Uuid)))
_named, _after = bindparam("named", type_=ARRAY(Uuid)), bindparam("after", type_=Uuid)
_open_match = (
    exists()
    .where(matches.c.tenant_id == profiles.c.tenant_id, matches.c.learner_id == profiles.c.user_id)
    .where(text("matches.status in ('requested','active')"))
)
_has_work = exists().where(_open, roadmaps.c.learner_id == profiles.c.user_id)
UNMATCHED = Query(
    select(*_learner_columns)
    .join(users, and_(users.c.id == profiles.c.user_id, users.c.tenant_id == profiles.c.tenant_id))
    .where(profiles.c.tenant_id == bindparam("tenant"), users.c.deleted_at.is_(None))
    .where(users.c.disabled_at.is_(None))
    .where(users.c.email_verified_at.is_not(None), users.c.roles.contains(["learner"]))
    .where(or_(_named.is_(None), profiles.c.user_id == any_(_named)))
    .where(or_(_after.is_(None), profiles.c.user_id > _after))
    .where(~_open_match, _has_work)
    .order_by(profiles.c.user_id)
    .limit(bindparam("most"))
)
THEY_LEARN = Query(
    select(roadmaps.c.learner_id, _skills.label("skills"))
    .where(_open, roadmaps.c.learner_id == _people)
    .order_by(roadmaps.c.learner_id, roadmaps.c.created_at)
)
THEY_ASKED = Query(_asked(matches.c.learner_id == _people))


@dataclass(frozen=True, slots=True)
class PostgresLearners:
    database: Database

    async def learner(self, actor: Actor) -> Learner:
        who = {"person": actor.user_id, "tenant": actor.tenant_id}
        row = await self.database.read_one(actor, LEARNER, **who)
        if row is None:
            raise UnknownLearner
        return _learner(row, row["learning"] or (), row["asked"])

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
        found = (_learner(row, learning[row["user_id"]], asked[row["user_id"]]) for row in rows)
        return rows, [learner for learner in found if learner.learning]


def _by_learner(rows: Sequence[asyncpg.Record]) -> defaultdict[UUID, list[Any]]:
    """What the second column says of each."""
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for learner_id, value in rows:
        found[learner_id].append(value)
    return found


def _learner(
    profile: asyncpg.Record, learning: Iterable[Sequence[str]], asked: Iterable[UUID]
) -> Learner:
    """`learning` has the skills of one roadmap after the other."""
    return Learner(
        user_id=UserId(profile["user_id"]),
        languages=tuple(profile["languages"]),
        country=profile["country"],
        time_zone=profile["time_zone"],
        windows=windows_of(profile),
        skills=profile["skills"],
        learning=tuple(map(SkillId, chain.from_iterable(learning))),
        asked=frozenset(map(UserId, asked)),
    )
