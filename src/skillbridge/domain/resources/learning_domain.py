"""A field of study and the skills it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import DomainId, SkillId
from skillbridge.domain.level import Level
from skillbridge.domain.resources.resource import SLUG

MAX_SKILLS = 24
MAX_HOURS = 40
MAX_SKILL_TITLE = 50
MIN_SKILLS_AT_A_LEVEL = 3


class UnfitDomain(Invalid):
    """A learning domain breaks a rule of the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """`hours` says how long it usually takes at each level.

    None at a level means that it is no part of the path there: known already, or too early.
    """

    id: SkillId
    title: str
    requires: tuple[SkillId, ...]
    hours: Mapping[Level, int]

    def __post_init__(self) -> None:
        if not SLUG.fullmatch(self.id):
            raise UnfitDomain(f"skill {self.id!r}: id must be lower-case words joined by hyphens")
        if not 0 < len(self.title) <= MAX_SKILL_TITLE:
            raise UnfitDomain(
                f"skill {self.id!r}: title must have 1 to {MAX_SKILL_TITLE} characters"
            )
        if not all(0 <= self.hours_at(level) <= MAX_HOURS for level in Level):
            raise UnfitDomain(f"skill {self.id!r}: hours must be 0 to {MAX_HOURS} at each level")

    def hours_at(self, level: Level) -> int:
        return self.hours.get(level, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningDomain:
    """Skills stand in an order in which they can be learnt.

    A skill may require only skills that stand before it, so there can be no cycle.
    """

    id: DomainId
    title: str
    summary: str
    skills: tuple[Skill, ...]

    def __post_init__(self) -> None:
        if not SLUG.fullmatch(self.id) or not self.title or not self.summary:
            raise UnfitDomain(f"domain {self.id!r}: needs a slug, a title and a summary")
        if len(self.skills) > MAX_SKILLS:
            raise UnfitDomain(f"domain {self.id!r}: at most {MAX_SKILLS} skills")
        self._check_order()
        self._check_levels()

    def _check_order(self) -> None:
        seen: set[SkillId] = set()
        for skill in self.skills:
            if skill.id in seen:
                raise UnfitDomain(f"domain {self.id!r}: skill {skill.id!r} is there twice")
            if missing := [other for other in skill.requires if other not in seen]:
                raise UnfitDomain(
                    f"domain {self.id!r}: skill {skill.id!r} requires {missing[0]!r}, "
                    "which must stand before it"
                )
            seen.add(skill.id)

    def _check_levels(self) -> None:
        for level in Level:
            if sum(skill.hours_at(level) > 0 for skill in self.skills) < MIN_SKILLS_AT_A_LEVEL:
                raise UnfitDomain(
                    f"domain {self.id!r}: too few skills to learn at {level.value} level"
                )
