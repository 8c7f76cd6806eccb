"""What is shown of suggestions."""

from collections.abc import Mapping
from dataclasses import dataclass

from skillbridge.application.mentors.views import MentorCard
from skillbridge.domain.ids import SkillId


@dataclass(frozen=True, slots=True)
class Suggested:
    """A mentor with their score of at most 10 000; the `terms` sum to the `total`."""

    mentor: MentorCard
    total: int
    terms: Mapping[str, int]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """Best first, by score or as a model says. `skills` is what was looked for."""

    items: tuple[Suggested, ...]
    skills: tuple[SkillId, ...]
    degraded: bool
    """The matcher was away: the fallback answered, by the same rules."""
    source: str
    """`matcher` or `fallback`."""
