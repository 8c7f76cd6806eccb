"""Mentors and matches as they are shown, from dictionaries."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.matching.views import FORMER, MatchView, Someone
from skillbridge.application.mentors.ports import MentorSearch
from skillbridge.application.mentors.views import MentorCard
from skillbridge.application.paging import Key
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import MatchId, UserId
from skillbridge.domain.matching.match import Match, MatchStatus, Side, UnknownMatch
from skillbridge.domain.mentors.mentor import Mentor, UnknownMentor


@dataclass(frozen=True, slots=True)
class MemoryMentorReads:
    session: MemorySession

    async def search(
        self, actor: Actor, search: MentorSearch, *, after: Key | None, limit: int
    ) -> Sequence[MentorCard]:
        cards = (card for card in self._seen(actor) if card.accepting and _fits(card, search))
        found = [card for card in cards if after is None or Key(card.since, card.id) < after]
        found.sort(key=lambda card: Key(card.since, card.id), reverse=True)
        return found[:limit]

    async def one(self, actor: Actor, mentor_id: UserId) -> MentorCard:
        found = await self.several(actor, [mentor_id])
        if mentor_id not in found:
            raise UnknownMentor
        return found[mentor_id]

    async def several(
        self, actor: Actor, mentor_ids: Collection[UserId]
    ) -> Mapping[UserId, MentorCard]:
        return {card.id: card for card in self._seen(actor) if card.id in mentor_ids}

    async def own(self, actor: Actor) -> Mentor | None:
        return deepcopy(self.session.table("mentors", of=actor).get(actor.user_id))

    def _seen(self, actor: Actor) -> Iterable[MentorCard]:
        """As the policies on profiles let it through."""
        profiles = self.session.table("profiles", of=actor)
        partners = {
            match.mentor_id
            for match in self.session.table("matches", of=actor).values()
            if match.learner_id == actor.user_id
        }
        for mentor in self.session.table("mentors", of=actor).values():
            public = mentor.offer.accepting or mentor.user_id in partners
            if public or self.session.sees(mentor.user_id, of=actor):
                yield _card(mentor, profiles[mentor.user_id].details)


@dataclass(frozen=True, slots=True)
class MemoryMatchReads:
    session: MemorySession

    async def mine(
        self,
        actor: Actor,
        *,
        side: Side | None,
        status: MatchStatus | None,
        after: Key | None,
        limit: int,
    ) -> Sequence[MatchView]:
        found = [
            match
            for match in self.session.table("matches", of=actor).values()
            if actor.user_id in _sides(match, side)
            and status in {None, match.status}
            and (after is None or Key(match.requested_at, match.id) < after)
        ]
        found.sort(key=lambda match: Key(match.requested_at, match.id), reverse=True)
        return [self._view(actor, match) for match in found[:limit]]

    async def one(self, actor: Actor, match_id: MatchId) -> MatchView:
        match: Match | None = self.session.table("matches", of=actor).get(match_id)
        if match is None or actor.user_id not in _sides(match, None):
            raise UnknownMatch
        return self._view(actor, match)

    def _view(self, actor: Actor, match: Match) -> MatchView:
        profiles = self.session.table("profiles", of=actor)

        def someone(user_id: UserId) -> Someone:
            known = profiles.get(user_id)
            return Someone(id=user_id, name=known.details.name if known else FORMER)

        return MatchView(
            id=match.id,
            status=match.status,
            learner=someone(match.learner_id),
            mentor=someone(match.mentor_id),
            message=match.message,
            requested_at=match.requested_at,
            expires_at=match.expires_at,
            answered_at=match.answered_at,
            ended_at=match.ended_at,
        )


def _sides(match: Match, side: Side | None) -> set[UserId]:
    if side is Side.LEARNER:
        return {match.learner_id}
    if side is Side.MENTOR:
        return {match.mentor_id}
    return {match.learner_id, match.mentor_id}


def _words(text: str) -> set[str]:
    """Without what stands between them, much as the database's `simple` dictionary cuts a text."""
    return set(re.findall(r"\w+", text.lower()))


def _fits(card: MentorCard, search: MentorSearch) -> bool:
    wanted = _words(search.text or "")
    return (
        (not search.text or bool(wanted))
        and wanted <= _words(f"{card.name} {card.headline} {card.bio}")
        and (search.skill is None or search.skill in card.skills)
        and (search.language is None or search.language in card.languages)
        and (search.country is None or search.country == card.country)
        and (card.free > 0 or not search.free_only)
    )


def _card(mentor: Mentor, details: Any) -> MentorCard:
    return MentorCard(
        id=mentor.user_id,
        name=details.name,
        headline=mentor.offer.headline,
        bio=details.bio,
        country=details.country,
        time_zone=details.time_zone,
        languages=tuple(details.languages),
        skills=dict(details.skills),
        experience_years=mentor.offer.experience_years,
        rating=mentor.rating,
        ratings=mentor.rating_count,
        free=mentor.free,
        accepting=mentor.offer.accepting,
        since=mentor.created_at,
    )
