"""Learners as the matcher sees them, from PostgreSQL."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

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
)
from sqlalchemy.dialects.postgresql import JSONB

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.accounts.tables import users
from skillbridge.adapters.postgres.engine.clauses import ACTOR, here
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Pages, Query, Read
from skillbridge.adapters.postgres.matching.tables import matches
from skillbridge.adapters.postgres.profiles.tables import profiles
from skillbridge.adapters.postgres.progress.tables import completed_of, completions
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps
from skillbridge.application.paging import Page, PageRequest
from skillbridge.application.ranking.ports.ranker import Learners
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.ranking.availability import Window
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
    .where(completed_of(roadmaps))
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
_open = and_(
    here(roadmaps),
    roadmaps.c.status == "ready",
    roadmaps.c.deleted_at.is_(None),
    roadmaps.c.percent < DONE,
)


def _asked(by_whom: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    """The mentors who are not to be suggested again."""
    return (
        select(matches.c.learner_id, matches.c.mentor_id)
        .where(here(matches), by_whom)
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
_learning = (
    select(func.to_jsonb(_skills).label("skills"))
    .where(_open, roadmaps.c.learner_id == ACTOR)
    .order_by(roadmaps.c.created_at)
    .subquery("learning")
)
LEARNER = Read(
    select(
        *_learner_columns,
        select(func.jsonb_agg(_learning.c.skills)).scalar_subquery().label("learning"),
        func.array(
            _asked(matches.c.learner_id == ACTOR)
            .with_only_columns(matches.c.mentor_id)
            .scalar_subquery()
        ).label("asked"),
    ).where(here(profiles), profiles.c.user_id == ACTOR)
)

BATCH = 2_000
"""Learners read at once."""
_people = any_(bindparam("people", type_=ARRAY(Uuid)))
_named = bindparam("named", type_=ARRAY(Uuid))
_open_match = (
    exists()
    .where(here(matches), matches.c.learner_id == profiles.c.user_id)
    .where(text("matches.status in ('requested','active')"))
)
_has_work = exists().where(_open, roadmaps.c.learner_id == profiles.c.user_id)
UNMATCHED = Pages.of(
    UserId,
    select(*_learner_columns)
    .join(users, and_(here(users), users.c.id == profiles.c.user_id))
    .where(here(profiles), users.c.deleted_at.is_(None))
    .where(users.c.disabled_at.is_(None))
    .where(users.c.email_verified_at.is_not(None), users.c.roles.contains(["learner"]))
    .where(or_(_named.is_(None), profiles.c.user_id == any_(_named)))
    .where(~_open_match, _has_work),
    profiles.c.user_id,
    ascending=True,
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
        row = existing(await self.database.read_one(actor, LEARNER), UnknownLearner)
        return _learner(row, row["learning"] or (), row["asked"])

    async def unmatched(
        self, actor: Actor, among: Sequence[UserId] | None = None
    ) -> AsyncIterator[Sequence[Learner]]:
        if among is not None:
            named = sorted(among)
            for start in range(0, len(named), BATCH):
                yield (await self._unmatched(actor, named[start : start + BATCH], None)).items
            return
        page = await self._unmatched(actor, None, None)
        yield page.items
        while page.next is not None:
            page = await self._unmatched(actor, None, page.next)
            yield page.items

    async def _unmatched(
        self, actor: Actor, named: Sequence[UserId] | None, after: UserId | None
    ) -> Page[Learner, UserId]:
        """Of a batch, the learners who have something to learn."""
        question, place = UNMATCHED.asked(PageRequest(BATCH, after))
        async with self.database.transaction(actor, read_only=True) as db:
            found = await db.rows(question, named=named, **place)
            rows = UNMATCHED.page(found, BATCH, list)
            people = [row["user_id"] for row in rows.items]
            learning = _by_learner(await db.rows(THEY_LEARN, people=people))
            asked = _by_learner(await db.rows(THEY_ASKED, people=people))
        learners = (
            _learner(row, learning[row["user_id"]], asked[row["user_id"]]) for row in rows.items
        )
        return Page([one for one in learners if one.learning], rows.next)


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
        windows=msgspec.convert(profile["availability"], tuple[Window, ...]),
        skills=profile["skills"],
        learning=tuple(map(SkillId, chain.from_iterable(learning))),
        asked=frozenset(map(UserId, asked)),
    )


BINDINGS: Bindings = (Binding[Learners](PostgresLearners),)
