"""What a person tells about themselves, learner and mentor alike."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice, pairwise
from typing import Annotated, Any

from skillbridge.domain.errors import Faults, Invalid, NotFound, within
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.profiles import ProfileChanged
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.profiles.countries import COUNTRIES, nearest_country
from skillbridge.domain.profiles.languages import SHORTER, is_language
from skillbridge.domain.profiles.time_zones import nearest_time_zone, time_zones
from skillbridge.domain.text import Text, UnfitText, tidy

MOST_LANGUAGES = 10
MOST_SKILLS = 50
MOST_WINDOWS = 42
"""Six a day."""
MINUTES_A_DAY = 24 * 60
LEVELS = range(1, 6)
WEEKDAYS = range(7)
SKILL = re.compile(r"[a-z0-9][a-z0-9+.#-]{0,62}")


class UnknownProfile(NotFound):
    """The account has no profile, or is not yours."""


class UnfitName(UnfitText):
    """A name is one line that can be read, of 80 letters at most, without links."""


class UnfitBio(UnfitText):
    """A bio has 2000 letters at most."""


NAME = Text(what="a name", refusal=UnfitName, least=1, most=80, links=False, markup=False)
BIO = Text(what="a bio", refusal=UnfitBio, most=2000, lines=True, markdown=True)


class UnknownCountry(Invalid):
    """No country has this code; ISO 3166-1 has two letters for each."""


class UnknownTimeZone(Invalid):
    """The IANA database has no such time zone."""


class UnfitLanguages(Invalid):
    """The languages are too many, not different, or not given by their codes."""


class UnfitSkills(Invalid):
    """The skills are too many, or one has a name or a level that no skill has."""


class UnfitAvailability(Invalid):
    """The windows are too many, overlap, or one has no time in it."""


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
            raise UnfitAvailability(
                "a window has a weekday from 0 (Monday) to 6, and a start before its end, "
                f"in minutes from 0 to {MINUTES_A_DAY}; time past midnight is a second window",
                field="availability",
            )


@dataclass(frozen=True, slots=True)
class Details:
    """A profile without its owner: what is checked as a whole. Raises Invalid, naming the field."""

    name: Annotated[str, NAME]
    bio: Annotated[str, BIO] = ""
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
        faults = Faults()
        tidy(self, faults)
        _check_place(self.country, self.time_zone, faults)
        _check_languages(self.languages, faults)
        _check_skills(self.skills, faults)
        _check_windows(self.availability, faults)
        faults.refuse()
        object.__setattr__(self, "availability", tuple(sorted(self.availability)))

    def amended(self, parts: Mapping[str, Any], skills: Mapping[SkillId, int | None]) -> "Details":
        """With these parts in place of its own; a skill of None goes. Raises Invalid."""
        merged = {**self.skills, **skills}
        known = {skill: level for skill, level in merged.items() if level is not None}
        return replace(self, **parts, skills=known)


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


def check_country(code: str) -> None:
    """Raises UnknownCountry, with the code that may be meant."""
    if code not in COUNTRIES:
        meant = nearest_country(code)
        example = f"{meant} ({COUNTRIES[meant]})" if meant else "NG or DE"
        raise UnknownCountry(
            f"give the country by its two letters, such as {example}", field="country"
        )


def check_language(code: str) -> None:
    """Raises UnfitLanguages, with the code that may be meant."""
    if not is_language(code):
        primary = code.partition("-")[0].strip().lower()
        spelling = SHORTER.get(primary, primary if is_language(primary) else "en or yo")
        raise UnfitLanguages(f"give a language by its code of ISO 639, such as {spelling}")


def check_skill(name: str) -> None:
    """Raises UnfitSkills."""
    if SKILL.fullmatch(name) is None:
        raise UnfitSkills("a skill is a short name such as sql or web-design")


def _check_place(country: str | None, time_zone: str, faults: Faults) -> None:
    if country is not None:
        with faults.noted():
            check_country(country)
    if time_zone not in time_zones():
        example = nearest_time_zone(time_zone) or "Africa/Lagos, or UTC"
        with faults.noted():
            raise UnknownTimeZone(
                f"give the time zone by its place, such as {example}", field="time_zone"
            )


def _check_languages(languages: tuple[str, ...], faults: Faults) -> None:
    distinct = len(set(languages)) == len(languages)
    faults.unless(
        1 <= len(languages) <= MOST_LANGUAGES and distinct,
        UnfitLanguages(f"give 1 to {MOST_LANGUAGES} different languages", field="languages"),
    )
    for place, code in enumerate(languages[:MOST_LANGUAGES]):
        with faults.noted("languages", place):
            check_language(code)


def _check_skills(skills: Mapping[SkillId, int], faults: Faults) -> None:
    faults.unless(
        len(skills) <= MOST_SKILLS,
        UnfitSkills(f"give at most {MOST_SKILLS} skills", field="skills"),
    )
    for skill, level in islice(skills.items(), MOST_SKILLS):
        with faults.noted("skills", skill):
            check_skill(skill)
        faults.unless(
            level in LEVELS,
            UnfitSkills("a skill has a level from 1 to 5", field=within("skills", skill)),
        )


def _check_windows(windows: tuple[Window, ...], faults: Faults) -> None:
    faults.unless(
        len(windows) <= MOST_WINDOWS,
        UnfitAvailability(f"give at most {MOST_WINDOWS} windows", field="availability"),
    )
    apart = all(
        one.weekday != other.weekday or one.end <= other.start
        for one, other in pairwise(sorted(windows))
    )
    faults.unless(apart, UnfitAvailability("two windows of one day overlap", field="availability"))
