"""What profiles show."""

from collections.abc import Mapping
from dataclasses import dataclass

from skillbridge.domain.actor import Role
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.profiles.profile import Window


@dataclass(frozen=True, slots=True)
class Me:
    """An account and its profile, as its owner sees it."""

    id: UserId
    email: str
    roles: tuple[Role, ...]
    name: str
    bio: str
    country: str | None
    time_zone: str
    languages: tuple[str, ...]
    skills: Mapping[SkillId, int]
    availability: tuple[Window, ...]
    version: int
    """Of the profile; give it back as `If-Match` to change only what you have seen."""
