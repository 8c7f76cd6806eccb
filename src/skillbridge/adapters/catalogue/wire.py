"""The shape of a data file."""

from typing import ClassVar

import msgspec

from skillbridge.domain.ids import ResourceId, SkillId
from skillbridge.domain.level import Level
from skillbridge.domain.resources.resource import Kind


class SkillEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    WHAT: ClassVar = "skill"
    id: SkillId
    title: str
    requires: tuple[SkillId, ...]
    hours: dict[Level, int]


class ResourceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    WHAT: ClassVar = "resource"
    id: ResourceId
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


class DomainFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Entries are read one by one, so that an error can name its entry."""

    title: str
    summary: str
    skills: list[dict[str, object]]
    resources: list[dict[str, object]]
