"""Mentors as the matcher sees them, from PostgreSQL.

Triggers number every change of an offer, a load or a mentor's profile (`mentors.pool_version`),
and the tenant's counter is locked until commit: who has read up to a number has read all of it.
"""

from asyncio import to_thread
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import (
    ARRAY,
    Uuid,
    any_,
    bindparam,
    func,
    select,
)

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.database import Connection, Database
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.mentors.tables import mentors
from skillbridge.adapters.postgres.profiles.tables import profile_of, profiles
from skillbridge.adapters.postgres.ranking.pool_seals import last_seal, seal_changes, seal_everyone
from skillbridge.adapters.postgres.ranking.tables import pool_seals, pool_versions
from skillbridge.adapters.resilience import retrying
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ranking.ports.pool import Delta, Known, MentorPool, Seal, Snapshot
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Conflict, Invalid, Unavailable
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.ranking.availability import Window, offset_minutes, weekly_mask
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.digest import MODULUS, mentor_digest, written
from skillbridge.domain.ranking.pool_version import changes_in, version_at

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
    .outerjoin(profiles, profile_of(mentors.c.user_id))
    .where(here(mentors))
)
_version = select(pool_versions.c.version).where(here(pool_versions))
VERSION = Read(_version)
EVERYONE = Query(_pool.where(mentors.c.accepting))
CHANGED = Query(_pool.where(mentors.c.pool_version > bindparam("seen")))
_known = (
    select(mentors.c.user_id)
    .where(here(mentors), mentors.c.accepting)
    .where(mentors.c.user_id == any_(bindparam("wanted", type_=ARRAY(Uuid))))
)
_sealed = select(pool_seals.c.digest).where(
    here(pool_seals), pool_seals.c.version == bindparam("said")
)
KNOWN = Read(
    select(
        func.coalesce(_version.scalar_subquery(), 0).label("version"),
        _sealed.scalar_subquery().label("digest"),
        func.array(_known.scalar_subquery()).label("mentors"),
    )
)


@dataclass(frozen=True, slots=True)
class PostgresMentorPool:
    """Version and rows are read as of one moment: what a version holds is always the same."""

    database: Database
    clock: Clock

    async def candidates(self, tenant_id: TenantId) -> Snapshot:
        at = self.clock()
        async with self._reading(tenant_id) as db:
            now = await db.value(VERSION) or 0
            rows = await db.rows(EVERYONE)
        found = (_candidate(row, at) for row in rows)
        return Snapshot(version_at(now, at), [one for one in found if one is not None])

    async def changes_since(self, tenant_id: TenantId, version: int) -> Delta | None:
        at = self.clock()
        seen = changes_in(version, at)
        rows: Sequence[asyncpg.Record] = ()
        now = await self._version(tenant_id)
        if seen is None or seen > now:
            return None
        if seen < now:
            async with self._reading(tenant_id) as db:
                now = await db.value(VERSION) or 0
                rows = await db.rows(CHANGED, seen=seen)
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
        row = await self.database.read_one(
            _matching(tenant_id), KNOWN, said=said, wanted=list(mentor_ids)
        )
        assert row is not None  # without a table to read from, it is always one
        digest = None if row["digest"] is None else written(row["digest"] % MODULUS)
        version = version_at(row["version"], self.clock())
        return Known(version, frozenset(row["mentors"]), digest)

    async def _version(self, tenant_id: TenantId) -> int:
        row = await self.database.read_one(_matching(tenant_id), VERSION)
        return row["version"] if row else 0

    def _reading(self, tenant_id: TenantId) -> AbstractAsyncContextManager[Connection]:
        return self.database.transaction(_matching(tenant_id), read_only=True, repeatable=True)

    async def _sealed(self, tenant_id: TenantId) -> Seal:
        """A seal of this version or, from a clock that is ahead of ours, of a later one stands."""
        at = self.clock()
        async with self.database.transaction(_matching(tenant_id), repeatable=True) as db:
            now = version_at(await db.value(VERSION) or 0, at)
            last = await last_seal(db)
            if last and last[0] >= now:
                return Seal(last[0], written(last[1]))
            seen = changes_in(last[0], at) if last else None
            if last is None or seen is None:
                rows = await db.rows(EVERYONE)
                digests = await to_thread(_digests, rows, at)
                there = {who: digest for who, digest in digests.items() if digest is not None}
                return await seal_everyone(db, now, there)
            rows = await db.rows(CHANGED, seen=seen)
            return await seal_changes(db, now, last[1], _digests(rows, at))


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
            availability=weekly_mask(windows_of(row), row["time_zone"], at),
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


def windows_of(row: asyncpg.Record) -> tuple[Window, ...]:
    return msgspec.convert(row["availability"], tuple[Window, ...])


BINDINGS: Bindings = (Binding[MentorPool](PostgresMentorPool, singleton=True),)
