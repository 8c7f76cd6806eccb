"""One thing to learn from, somewhere on the web."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from skillbridge.domain.errors import Invalid
from skillbridge.domain.host import spelled
from skillbridge.domain.ids import DomainId, ResourceId, SkillId
from skillbridge.domain.level import Level

MAX_TITLE = 120
MAX_MINUTES = 20_000
MAX_MEGABYTES = 50_000
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")


class UnfitResource(Invalid):
    """A resource breaks a rule of the catalogue."""


class Kind(StrEnum):
    ARTICLE = "article"
    COURSE = "course"
    VIDEO = "video"
    EXERCISE = "exercise"
    PROJECT = "project"
    REFERENCE = "reference"
    BOOK = "book"


PRACTICE = frozenset({Kind.EXERCISE, Kind.PROJECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Free to use by anyone. `minutes` is the time it takes; `megabytes` what it downloads.

    Both are rough, and both matter: data costs money. `text_twin` is a lighter resource
    that teaches the same.
    """

    id: ResourceId
    domain: DomainId
    title: str
    url: str
    skills: tuple[SkillId, ...]
    level: Level
    kind: Kind
    minutes: int
    megabytes: int
    language: str
    provider: str
    text_twin: ResourceId | None = None

    def __post_init__(self) -> None:
        self._demand(SLUG.fullmatch(self.id), "id", "must be lower-case words joined by hyphens")
        self._demand(
            0 < len(self.title) <= MAX_TITLE, "title", f"must have 1 to {MAX_TITLE} characters"
        )
        self._demand(is_secure(self.url), "url", "must be an https address")
        self._demand(self.skills, "skills", "must name at least one skill")
        self._demand(0 < self.minutes <= MAX_MINUTES, "minutes", f"must be 1 to {MAX_MINUTES}")
        self._demand(
            0 <= self.megabytes <= MAX_MEGABYTES, "megabytes", f"must be 0 to {MAX_MEGABYTES}"
        )
        self._demand(LANGUAGE.fullmatch(self.language), "language", "must be like en or pt-BR")
        self._demand(self.provider, "provider", "must be named")
        self._demand(self.text_twin != self.id, "text_twin", "must be another resource")

    def _demand(self, holds: object, field: str, rule: str) -> None:
        if not holds:
            raise UnfitResource(f"resource {self.id!r}: {field} {rule}", field=field)

    @property
    def hands_on(self) -> bool:
        """True when the learner makes something instead of reading or watching."""
        return self.kind in PRACTICE


def is_secure(url: str) -> bool:
    """True for an https address without credentials or blanks, its host in its one spelling."""
    try:
        parts = urlsplit(url)
        host = spelled(parts.hostname or "")
    except ValueError:
        return False
    named = parts.scheme == "https" and "." in host and host in parts.netloc
    return named and "@" not in parts.netloc and not any(sign.isspace() for sign in url)
