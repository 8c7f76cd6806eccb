"""What a person tells about themselves, learner and mentor alike."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import pairwise
from zoneinfo import available_timezones

from skillbridge.domain.accounts.countries import COUNTRIES
from skillbridge.domain.errors import Invalid
from skillbridge.domain.events import Event, ProfileChanged
from skillbridge.domain.ids import SkillId, UserId

NAME_LENGTH = 80
BIO_LENGTH = 2000
MOST_LANGUAGES = 10
MOST_SKILLS = 50
MOST_WINDOWS = 42
"""Six a day."""
MINUTES_A_DAY = 24 * 60
LEVELS = range(1, 6)
WEEKDAYS = range(7)
_SKILL = re.compile(r"[a-z0-9][a-z0-9+.#-]{0,62}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A weekly stretch of free time in the person's own time zone."""

    weekday: int
    """0 is Monday."""
    start: int
    """Minutes since midnight."""
    end: int
    """Minutes since midnight, exclusive; 1440 is the end of the day."""

    def __post_init__(self) -> None:
        in_a_day = 0 <= self.start < self.end <= MINUTES_A_DAY
        if not (in_a_day and self.weekday in WEEKDAYS):
            raise Invalid(
                "a window has a weekday from 0 (Monday) to 6, and a start before its end, "
                f"in minutes from 0 to {MINUTES_A_DAY}; time past midnight is a second window",
                field="availability",
            )


@dataclass(frozen=True, slots=True)
class Details:
    """A profile without its owner: what is checked as a whole. Raises Invalid, naming the field."""

    name: str
    bio: str = ""
    country: str | None = None
    """ISO 3166-1 alpha-2."""
    time_zone: str = "UTC"
    """A name of the IANA database."""
    languages: tuple[str, ...] = ("en",)
    """Primary language subtags of BCP 47, the preferred one first."""
    skills: Mapping[SkillId, int] = field(default_factory=dict)
    """1 (has met it) to 5 (teaches it)."""
    availability: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        _check_texts(self.name, self.bio)
        _check_place(self.country, self.time_zone)
        _check_languages(self.languages)
        _check_skills(self.skills)
        _check_windows(self.availability)
        object.__setattr__(self, "availability", tuple(sorted(self.availability)))


@dataclass(slots=True)
class Profile:
    user_id: UserId
    details: Details
    version: int = 1

    def change(self, details: Details, *, at: datetime) -> tuple[Event, ...]:
        """Replaces everything; the same again changes nothing."""
        if details == self.details:
            return ()
        self.details = details
        return (ProfileChanged(user_id=self.user_id, at=at),)


@cache
def _time_zones() -> frozenset[str]:
    """Read once: it walks the zone files."""
    return frozenset(available_timezones())


def _check_texts(name: str, bio: str) -> None:
    if not 1 <= len(name) <= NAME_LENGTH or name != name.strip() or not name.isprintable():
        raise Invalid(f"a name is one line of 1 to {NAME_LENGTH} characters", field="name")
    if len(bio) > BIO_LENGTH or "\0" in bio:
        raise Invalid(f"a bio has at most {BIO_LENGTH} characters", field="bio")


def _check_place(country: str | None, time_zone: str) -> None:
    if country is not None and country not in COUNTRIES:
        raise Invalid("give the country by its two letters, such as NG or DE", field="country")
    if time_zone not in _time_zones():
        raise Invalid("give the time zone by its name, such as Africa/Lagos", field="time_zone")


def _check_languages(languages: tuple[str, ...]) -> None:
    distinct = len(set(languages)) == len(languages)
    if not (1 <= len(languages) <= MOST_LANGUAGES and distinct):
        raise Invalid(f"give 1 to {MOST_LANGUAGES} different languages", field="languages")
    if not all(map(_LANGUAGE.fullmatch, languages)):
        raise Invalid("give a language by its code, such as en or yo", field="languages")


def _check_skills(skills: Mapping[SkillId, int]) -> None:
    if len(skills) > MOST_SKILLS:
        raise Invalid(f"give at most {MOST_SKILLS} skills", field="skills")
    if not all(map(_SKILL.fullmatch, skills)):
        raise Invalid("a skill is a short name such as sql or web-design", field="skills")
    if not all(level in LEVELS for level in skills.values()):
        raise Invalid("a skill has a level from 1 to 5", field="skills")


def _check_windows(windows: tuple[Window, ...]) -> None:
    if len(windows) > MOST_WINDOWS:
        raise Invalid(f"give at most {MOST_WINDOWS} windows", field="availability")
    for one, other in pairwise(sorted(windows)):
        if one.weekday == other.weekday and other.start < one.end:
            raise Invalid("two windows of one day overlap", field="availability")
