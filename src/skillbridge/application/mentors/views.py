"""What the reads of mentors show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.mentors.mentor import Mentor


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorCard:
    """A mentor as others see them; `free` is the number of places that nobody has taken."""

    id: UserId
    name: str
    headline: str
    bio: str
    country: str | None
    time_zone: str
    languages: tuple[str, ...]
    skills: Mapping[SkillId, int]
    experience_years: int
    rating: float | None
    ratings: int
    free: int
    accepting: bool
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MyOffer:
    """What a mentor offers, as they see it themselves."""

    headline: str
    capacity: int
    active_matches: int
    free: int
    experience_years: int
    accepting: bool
    rating: float | None
    ratings: int

    @classmethod
    def of(cls, mentor: Mentor) -> "MyOffer":
        return cls(
            headline=mentor.offer.headline,
            capacity=mentor.offer.capacity,
            active_matches=mentor.active_matches,
            free=mentor.free,
            experience_years=mentor.offer.experience_years,
            accepting=mentor.offer.accepting,
            rating=mentor.rating,
            ratings=mentor.rating_count,
        )
