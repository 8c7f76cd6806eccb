"""Mentors and matches in dictionaries."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime

from skillbridge.adapters.memory.store import MemorySession
from skillbridge.domain.actor import Role
from skillbridge.domain.errors import Conflict, StaleWrite
from skillbridge.domain.ids import MatchId, UserId
from skillbridge.domain.matching.match import AlreadyAsked, Match, MatchStatus, UnknownMatch
from skillbridge.domain.matching.pair_status import PairStatus
from skillbridge.domain.mentors.mentor import Mentor, MentorFull

OPEN = {MatchStatus.REQUESTED, MatchStatus.ACTIVE}


@dataclass(frozen=True, slots=True)
class MemoryMentors:
    session: MemorySession

    async def find(self, user_id: UserId) -> Mentor | None:
        return await self.look_up(user_id) if self.session.sees(user_id) else None

    async def look_up(self, user_id: UserId) -> Mentor | None:
        return deepcopy(self.session.table("mentors").get(user_id))

    async def add(self, mentor: Mentor) -> None:
        table = self.session.table("mentors")
        if mentor.user_id in table:
            raise Conflict("you offer mentoring already; send the offer again to change it")
        table[mentor.user_id] = deepcopy(mentor)
        user = self.session.table("users")[mentor.user_id]
        user.roles |= {Role.MENTOR}
        user.version += 1

    async def save(self, mentor: Mentor) -> None:
        table = self.session.table("mentors")
        stored: Mentor = table[mentor.user_id]
        if stored.version != mentor.version:
            raise StaleWrite("this offer changed meanwhile; read it again")
        table[mentor.user_id] = replace(stored, offer=mentor.offer, version=mentor.version + 1)


@dataclass(frozen=True, slots=True)
class MemoryMatches:
    session: MemorySession

    async def get(self, match_id: MatchId) -> Match:
        match: Match | None = self.session.table("matches").get(match_id)
        if match is None or not self._sees(match):
            raise UnknownMatch
        return deepcopy(match)

    async def waiting_of(self, learner_id: UserId) -> int:
        matches = self.session.table("matches").values()
        return sum(
            match.learner_id == learner_id and match.status is MatchStatus.REQUESTED
            for match in matches
        )

    async def open_between(self, learner_id: UserId, mentor_id: UserId) -> MatchId | None:
        matches = self.session.table("matches").values()
        pair = (learner_id, mentor_id)
        found = (m.id for m in matches if (m.learner_id, m.mentor_id) == pair and m.status in OPEN)
        return next(found, None)

    async def pair_status(self, learner_id: UserId, mentor_id: UserId) -> PairStatus:
        matches: list[Match] = list(self.session.table("matches").values())
        of_learner = [match for match in matches if match.learner_id == learner_id]
        return PairStatus(
            learner_here=self._here(learner_id),
            learner_open=sum(match.status in OPEN for match in of_learner),
            declined=any(
                match.mentor_id == mentor_id and match.status is MatchStatus.DECLINED
                for match in of_learner
            ),
            mentor_asked=sum(
                match.mentor_id == mentor_id and match.status is MatchStatus.REQUESTED
                for match in matches
            ),
        )

    def _here(self, learner_id: UserId) -> bool:
        user = self.session.table("users").get(learner_id)
        return user is not None and user.disabled_at is None

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[Match]:
        waiting = [
            match
            for match in self.session.table("matches").values()
            if match.status is MatchStatus.REQUESTED and match.expires_at <= at
        ]
        waiting.sort(key=lambda match: match.expires_at)
        return deepcopy(waiting[:limit])

    async def add(self, match: Match) -> None:
        if asked := await self.open_between(match.learner_id, match.mentor_id):
            raise AlreadyAsked(asked)
        self.session.table("matches")[match.id] = deepcopy(match)

    async def save(self, match: Match) -> None:
        table = self.session.table("matches")
        stored: Match = table[match.id]
        if stored.version != match.version:
            raise StaleWrite("this match changed meanwhile; read it again")
        self._roll_up_load(stored, match)
        table[match.id] = replace(match, version=match.version + 1)

    def _roll_up_load(self, stored: Match, match: Match) -> None:
        """As the trigger of this name does."""
        mentor: Mentor = self.session.table("mentors")[match.mentor_id]
        was, now = (one.status is MatchStatus.ACTIVE for one in (stored, match))
        if now and not was and mentor.free < 1:
            raise MentorFull
        mentor.active_matches += now - was
        mentor.version += now != was

    def _sees(self, match: Match) -> bool:
        return self.session.sees(match.learner_id) or self.session.sees(match.mentor_id)
