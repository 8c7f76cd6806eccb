"""Learners and mentors as the matcher sees them, from dictionaries."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.memory.store import MemorySession, Store
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ranking.ports.pool import Delta, Known, MentorPool, Seal, Snapshot
from skillbridge.application.ranking.ports.ranker import Learners
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.ids import SkillId, TenantId, UserId
from skillbridge.domain.matching.match import MatchStatus
from skillbridge.domain.mentors.mentor import Mentor
from skillbridge.domain.ranking.availability import Window, offset_minutes, weekly_mask
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.digest import pool_digest, written
from skillbridge.domain.ranking.learner import Learner, UnknownLearner
from skillbridge.domain.ranking.pool_version import changes_in, version_at

OPEN = {MatchStatus.REQUESTED, MatchStatus.ACTIVE}
ASKED = {MatchStatus.REQUESTED, MatchStatus.ACTIVE, MatchStatus.DECLINED}


@dataclass(frozen=True, slots=True)
class MemoryLearners:
    session: MemorySession

    async def learner(self, actor: Actor) -> Learner:
        profiles = self.session.table("profiles", of=actor)
        profile = existing(profiles.get(actor.user_id), UnknownLearner)
        matches = self.session.table("matches", of=actor).values()
        return Learner(
            user_id=actor.user_id,
            languages=tuple(profile.details.languages),
            country=profile.details.country,
            time_zone=profile.details.time_zone,
            windows=_windows(profile.details),
            skills=dict(profile.details.skills),
            learning=self._learning(actor),
            asked=frozenset(
                match.mentor_id
                for match in matches
                if match.learner_id == actor.user_id and match.status in ASKED
            ),
        )

    async def unmatched(
        self, actor: Actor, among: Sequence[UserId] | None = None
    ) -> AsyncIterator[Sequence[Learner]]:
        matches = self.session.table("matches", of=actor).values()
        taken = {match.learner_id for match in matches if match.status in OPEN}
        users = self.session.table("users", of=actor).values()
        wanted = {
            user.id
            for user in users
            if user.verified and user.disabled_at is None and Role.LEARNER in user.roles
        }
        if among is not None:
            wanted &= set(among)
        with_profile = wanted & self.session.table("profiles", of=actor).keys()
        found = [
            await self.learner(replace(actor, user_id=user_id))
            for user_id in sorted(with_profile - taken)
        ]
        yield [learner for learner in found if learner.learning]

    def _learning(self, actor: Actor) -> tuple[SkillId, ...]:
        done = self.session.table("completions", of=actor)
        return tuple(
            module.skill
            for roadmap in self.session.table("roadmaps", of=actor).values()
            if roadmap.learner_id == actor.user_id
            for module in roadmap.modules
            if (roadmap.id, module.id) not in done
        )


@dataclass(slots=True)
class _Numbered:
    """A tenant's mentors as they were last looked at, and the number of their last change."""

    changes: int = 0
    seen: dict[UserId, tuple[Candidate | None, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MemoryMentorPool:
    """Changes get their numbers when they are looked for, not when they happen."""

    store: Store
    clock: Clock
    pools: dict[TenantId, _Numbered] = field(init=False, default_factory=dict)
    seals: dict[TenantId, dict[int, str]] = field(init=False, default_factory=dict)

    async def candidates(self, tenant_id: TenantId) -> Snapshot:
        at = self.clock()
        pool = self._numbered(tenant_id, at)
        found = [one for one, _ in pool.seen.values() if one is not None]
        return Snapshot(version_at(pool.changes, at), found)

    async def changes_since(self, tenant_id: TenantId, version: int) -> Delta | None:
        at = self.clock()
        pool, seen = self._numbered(tenant_id, at), changes_in(version, at)
        if seen is None or seen > pool.changes:
            return None
        changed = {user_id: one for user_id, (one, number) in pool.seen.items() if number > seen}
        upserts = [one for one in changed.values() if one is not None]
        removals = [user_id for user_id, one in changed.items() if one is None]
        return Delta(version, version_at(pool.changes, at), upserts, removals)

    async def seal(self, tenant_id: TenantId) -> Seal:
        version, candidates = await self.candidates(tenant_id)
        seal = Seal(version, written(pool_digest(candidates)))
        self.seals.setdefault(tenant_id, {})[version] = seal.digest
        return seal

    async def known(self, tenant_id: TenantId, mentor_ids: Sequence[UserId], said: int) -> Known:
        version, candidates = await self.candidates(tenant_id)
        here = frozenset(one.id for one in candidates) & frozenset(mentor_ids)
        return Known(version, here, self.seals.get(tenant_id, {}).get(said))

    def _numbered(self, tenant_id: TenantId, at: datetime) -> _Numbered:
        pool = self.pools.setdefault(tenant_id, _Numbered())
        profiles = self.store.rows.get((tenant_id, "profiles"), {})
        for user_id, mentor in self.store.rows.get((tenant_id, "mentors"), {}).items():
            now = _candidate(mentor, profiles[user_id].details, at)
            if user_id not in pool.seen or pool.seen[user_id][0] != now:
                pool.changes += 1
                pool.seen[user_id] = now, pool.changes
        return pool


def _candidate(mentor: Mentor, details: Any, at: datetime) -> Candidate | None:
    if not mentor.offer.accepting:
        return None
    return Candidate(
        id=mentor.user_id,
        skills=dict(details.skills),
        languages=frozenset(details.languages),
        country=details.country,
        utc_offset=offset_minutes(details.time_zone, at),
        availability=weekly_mask(_windows(details), details.time_zone, at),
        capacity=mentor.offer.capacity,
        taken=mentor.active_matches,
        rating_sum=mentor.rating_sum,
        rating_count=mentor.rating_count,
        experience_months=mentor.offer.experience_years * 12,
    )


def _windows(details: Any) -> tuple[Window, ...]:
    return tuple(Window(one.weekday, one.start, one.end) for one in details.availability)


BINDINGS: Bindings = (
    Binding[Learners](MemoryLearners),
    Binding[MentorPool](MemoryMentorPool, singleton=True),
)
