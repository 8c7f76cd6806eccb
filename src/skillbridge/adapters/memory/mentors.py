"""Mentors in dictionaries."""

import re
from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.mentors.ports import MentorReads, Mentors, MentorSearch
from skillbridge.application.mentors.views import MentorCard
from skillbridge.application.paging import Key, Page, PageRequest, cut
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Conflict
from skillbridge.domain.ids import UserId
from skillbridge.domain.mentors.mentor import Mentor, UnknownMentor
from skillbridge.domain.text import folded


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
        table[mentor.user_id] = mentor

    async def save(self, mentor: Mentor) -> None:
        stored: Mentor = self.session.table("mentors")[mentor.user_id]
        offered = replace(stored, offer=mentor.offer, version=mentor.version)
        stale = "this offer changed meanwhile; read it again"
        self.session.save("mentors", mentor.user_id, offered, stale)


@dataclass(frozen=True, slots=True)
class MemoryMentorReads:
    session: MemorySession

    async def search(
        self, actor: Actor, search: MentorSearch, page: PageRequest[Key]
    ) -> Page[MentorCard, Key]:
        cards = (card for card in self._seen(actor) if card.accepting and _fits(card, search))
        return cut(cards, page, lambda card: Key(card.since, card.id))

    async def one(self, actor: Actor, mentor_id: UserId) -> MentorCard:
        found = await self.several(actor, [mentor_id])
        return existing(found.get(mentor_id), UnknownMentor)

    async def several(
        self, actor: Actor, mentor_ids: Collection[UserId]
    ) -> Mapping[UserId, MentorCard]:
        return {card.id: card for card in self._seen(actor) if card.id in mentor_ids}

    async def own(self, actor: Actor) -> Mentor | None:
        return deepcopy(self.session.table("mentors", of=actor).get(actor.user_id))

    def _seen(self, actor: Actor) -> Iterable[MentorCard]:
        """Whose profile the actor sees."""
        profiles = self.session.table("profiles", of=actor)
        for mentor in self.session.table("mentors", of=actor).values():
            if profile := profiles.get(mentor.user_id):
                yield _card(mentor, profile.details)


def _words(text: str) -> set[str]:
    """Without what stands between them, much as the database's `simple` dictionary cuts a text."""
    return set(re.findall(r"\w+", folded(text).lower()))


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


BINDINGS: Bindings = (
    Binding[Mentors](MemoryMentors),
    Binding[MentorReads](MemoryMentorReads),
)
