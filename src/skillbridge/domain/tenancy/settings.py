"""What a tenant decides for itself: data, checked as a whole, of which every version is kept.

    matching    the weights of the score, in basis points: 10 000 together
    limits      how much one person may ask for
    features    what its people may use
    branding    how its mails look
    ai          whether a model may read what people write
    languages   what the profile of somebody new begins with, the preferred one first

What is left out is as usual. Nothing here can weaken how people sign in or who sees what.
"""

import re
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Annotated, Any

from skillbridge.domain.accounts.email_address import normalised, pseudonym
from skillbridge.domain.errors import Faults, Invalid, within
from skillbridge.domain.profiles.profile import MOST_LANGUAGES, check_language
from skillbridge.domain.ranking.score import USUAL, Weights
from skillbridge.domain.text import Text, UnfitText, tidy

MOST_ROADMAPS = 1_000
MOST_UPLOADS = 1_000
MOST_MEBIBYTES = 1_048_576
"""A tebibyte."""
_COLOUR = re.compile(r"#[0-9a-f]{6}")
DARK = 0.04045
"""Up to here a part of sRGB is linear."""
LEAST_CONTRAST = 4.5
"""Of white letters on the colour: WCAG 2.2, success criterion 1.4.3."""


class UnfitSettings(Invalid):
    """A setting of a tenant is out of its bounds."""


class UnfitBranding(UnfitText):
    """A name or a footer is too long, or leads somewhere."""


class UnclearReason(UnfitText):
    """Why settings change is said in 3 to 200 letters."""


BRAND = Text(what="a name", refusal=UnfitBranding, least=2, most=60, links=False, markup=False)
FOOTER = Text(what="a footer", refusal=UnfitBranding, most=300, lines=True, markup=False)
REASON = Text(what="a reason", refusal=UnclearReason, least=3, most=200)


class AiUse(StrEnum):
    """Whether a model may read what people write."""

    ON = "on"
    PSEUDONYMISED = "pseudonymised"
    """Without addresses, numbers and links by which somebody could be found."""
    OFF = "off"
    """Roadmaps are drawn by the template."""

    @property
    def allowed(self) -> bool:
        return self is not AiUse.OFF

    @property
    def pseudonymises(self) -> bool:
        return self is AiUse.PSEUDONYMISED


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    roadmaps_a_day: int = 20
    """For which one learner may ask; each may cost a model's time."""
    uploads_a_day: int = 20
    """That one person may begin; each is read by a program of its own."""
    files_mebibytes: int = 1_024
    """Of all people's files together, those on their way among them."""

    def __post_init__(self) -> None:
        faults = Faults()
        faults.unless(
            1 <= self.roadmaps_a_day <= MOST_ROADMAPS,
            UnfitSettings(
                f"a learner may ask for 1 to {MOST_ROADMAPS} roadmaps a day", field="roadmaps_a_day"
            ),
        )
        faults.unless(
            1 <= self.uploads_a_day <= MOST_UPLOADS,
            UnfitSettings(
                f"a person may send 1 to {MOST_UPLOADS} files a day", field="uploads_a_day"
            ),
        )
        faults.unless(
            1 <= self.files_mebibytes <= MOST_MEBIBYTES,
            UnfitSettings(
                f"the files of a tenant have 1 to {MOST_MEBIBYTES} mebibytes",
                field="files_mebibytes",
            ),
        )
        faults.refuse()


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What is off is refused to all of the tenant's people; what was made with it is kept."""

    registration: bool = True
    """Whether strangers may make an account; who has one signs in as ever."""
    roadmaps: bool = True
    mentors: bool = True
    matches: bool = True
    cohorts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Branding:
    """Of mails. Replies go to the sender of the installation, where no address is given."""

    name: Annotated[str, BRAND] = "SkillBridge"
    colour: str = "#0b57d0"
    """Of the bar over a mail, as #rrggbb; white letters can be read on it."""
    footer: Annotated[str, FOOTER] = ""
    reply_to: str | None = None

    def __post_init__(self) -> None:
        faults = Faults()
        tidy(self, faults)
        with faults.noted():
            _check_colour(self.colour)
        if self.reply_to is not None:
            with faults.noted("reply_to"):
                object.__setattr__(self, "reply_to", normalised(self.reply_to))
        faults.refuse()


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSettings:
    """Raises Invalid with everything that is wrong."""

    matching: Weights = USUAL
    limits: Limits = field(default_factory=Limits)
    features: Features = field(default_factory=Features)
    branding: Branding = field(default_factory=Branding)
    ai: AiUse = AiUse.ON
    languages: tuple[str, ...] = ("en",)

    def __post_init__(self) -> None:
        faults, said = Faults(), self.languages
        faults.unless(
            1 <= len(said) <= MOST_LANGUAGES and len(set(said)) == len(said),
            UnfitSettings(f"give 1 to {MOST_LANGUAGES} different languages", field="languages"),
        )
        for place, code in enumerate(said[:MOST_LANGUAGES]):
            with faults.noted("languages", place):
                check_language(code)
        faults.refuse()

    def changed_since(self, before: "TenantSettings") -> tuple[dict[str, str], dict[str, str]]:
        """What was and what is, by the paths of what differs, such as `matching/skill`."""
        was, now = dict(_leaves(before)), dict(_leaves(self))
        paths = [path for path in now if now[path] != was[path]]
        return {path: was[path] for path in paths}, {path: now[path] for path in paths}


@dataclass(frozen=True, slots=True)
class Change:
    """Why settings change, in a line that is kept with their version."""

    reason: Annotated[str, REASON]

    def __post_init__(self) -> None:
        faults = Faults()
        tidy(self, faults)
        faults.refuse()


def _leaves(part: Any, *path: str) -> list[tuple[str, str]]:
    """Each single setting by its path, as text; of an address its pseudonym, for the text is kept."""
    found = []
    for one in fields(part):
        value, steps = getattr(part, one.name), (*path, one.name)
        if hasattr(value, "__dataclass_fields__"):
            found += _leaves(value, *steps)
        else:
            told = " ".join(value) if isinstance(value, tuple) else str(value)
            found.append((within(*steps), pseudonym(told) if value and "@" in told else told))
    return found


def _check_colour(colour: str) -> None:
    if _COLOUR.fullmatch(colour) is None:
        raise UnfitSettings("write a colour as #0b57d0: six digits from 0 to f", field="colour")
    if 1.05 / (_luminance(colour) + 0.05) < LEAST_CONTRAST:
        raise UnfitSettings(
            "white letters cannot be read on this colour: choose a darker one", field="colour"
        )


def _luminance(colour: str) -> float:
    """Relative luminance of sRGB, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    if part <= DARK:
        return part / 12.92
    return float(((part + 0.055) / 1.055) ** 2.4)
