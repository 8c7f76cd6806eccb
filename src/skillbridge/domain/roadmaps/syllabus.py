"""What there is to choose from when a roadmap is drawn, as roadmaps see it.

These are shapes, not things: the catalogue has them, and this context need not know it.
"""

from collections.abc import Sequence
from typing import Protocol

from skillbridge.domain.ids import DomainId, ResourceId, SkillId
from skillbridge.domain.level import Level
from skillbridge.domain.roadmaps.brief import Brief

REACH = 1
"""How many levels above their own a learner can stretch."""


class Material(Protocol):
    """Something to learn from."""

    @property
    def id(self) -> ResourceId: ...
    @property
    def domain(self) -> DomainId: ...
    @property
    def title(self) -> str: ...
    @property
    def skills(self) -> Sequence[SkillId]: ...
    @property
    def level(self) -> Level: ...
    @property
    def minutes(self) -> int: ...
    @property
    def megabytes(self) -> int: ...
    @property
    def hands_on(self) -> bool: ...


class Topic(Protocol):
    """A skill that can be learnt."""

    @property
    def id(self) -> SkillId: ...
    @property
    def title(self) -> str: ...
    @property
    def requires(self) -> Sequence[SkillId]: ...
    def hours_at(self, level: Level) -> int:
        """Usual hours; none when the topic is no part of the path at this level."""
        ...


class Subject(Protocol):
    """A field of study; its topics stand in an order in which they can be learnt."""

    @property
    def title(self) -> str: ...
    @property
    def skills(self) -> Sequence[Topic]: ...


class Syllabus(Protocol):
    """The whole offer. Every topic of a subject has at least one material."""

    def domain(self, domain_id: DomainId, /) -> Subject:
        """Raises Invalid when there is no such subject."""
        ...

    def about(self, skill: SkillId, /) -> Sequence[Material]: ...
    def find(self, resource_id: ResourceId, /) -> Material | None: ...


def to_learn(subject: Subject, brief: Brief) -> tuple[Topic, ...]:
    """The topics of the learner's level that they do not know yet.

    Someone who knows them all gets them all again, as a review: a wish is never answered
    with nothing.
    """
    path = [topic for topic in subject.skills if topic.hours_at(brief.level)]
    return tuple([topic for topic in path if topic.id not in brief.known] or path)


def within_reach(materials: Sequence[Material], level: Level) -> tuple[Material, ...]:
    """What is at most one level above the learner, or everything where all of it is above."""
    near = tuple(item for item in materials if item.level.rank <= level.rank + REACH)
    return near or tuple(materials)


def best_rank(materials: Sequence[Material], level: Level) -> int:
    """The level the learner should be met at: their own, or the nearest there is below it.

    Where everything is above them, the lowest there is.
    """
    ranks = [item.level.rank for item in materials]
    return max((rank for rank in ranks if rank <= level.rank), default=min(ranks, default=0))
