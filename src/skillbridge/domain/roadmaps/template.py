"""The roadmap that can always be had: drawn from the syllabus by rule, without a model."""

from collections.abc import Sequence

from skillbridge.domain.ids import ModuleId, SkillId
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Module, Outline
from skillbridge.domain.roadmaps.syllabus import (
    Material,
    Syllabus,
    Topic,
    best_rank,
    to_learn,
    within_reach,
)
from skillbridge.domain.roadmaps.validator import MAX_MODULE_WEEKS, MAX_WEEKS, MIN_MODULES

RESOURCES_PER_MODULE = 3
HEAVY = 100
"""Megabytes that nobody should have to pay for first."""


def draft(brief: Brief, syllabus: Syllabus) -> Outline:
    """A path over the topics the learner lacks, as far as a year at their pace goes.

    A topic too long for one module comes in parts. Resources meet the learner's level, and
    the lighter comes first. Always sound; the same brief gives the same outline.
    Raises Invalid when the domain is unknown.
    """
    subject = syllabus.domain(brief.domain)
    topics = _within_a_year(to_learn(subject, brief), brief)
    least = -(-MIN_MODULES // len(topics))
    modules: list[Module] = []
    last: dict[SkillId, ModuleId] = {}
    for topic in topics:
        needs = tuple(last[skill] for skill in topic.requires if skill in last)
        parts = _parts(topic, needs, least, brief, syllabus)
        last[topic.id] = parts[-1].id
        modules.extend(parts)
    return Outline(title=f"{subject.title}: {brief.level.value} path", modules=tuple(modules))


def _within_a_year(topics: Sequence[Topic], brief: Brief) -> list[Topic]:
    """The longest beginning of the path that fits; never less than the first topic."""
    chosen: list[Topic] = []
    left = MAX_WEEKS * brief.hours_per_week
    for topic in topics:
        left -= topic.hours_at(brief.level)
        if chosen and left < 0:
            break
        chosen.append(topic)
    return chosen


def _parts(
    topic: Topic, needs: tuple[ModuleId, ...], least: int, brief: Brief, syllabus: Syllabus
) -> list[Module]:
    hours = topic.hours_at(brief.level)
    count = max(least, -(-hours // (MAX_MODULE_WEEKS * brief.hours_per_week)))
    share, rest = divmod(hours * 60, count)
    parts: list[Module] = []
    for number in range(count):
        minutes = share + (number < rest)
        name = "" if count == 1 else f", part {number + 1} of {count}"
        part = Module(
            id=ModuleId(topic.id if count == 1 else f"{topic.id}-{number + 1}"),
            title=topic.title + name,
            summary=f"Study and practise {topic.title}{name}: about {_span(minutes)} of work.",
            skill=topic.id,
            minutes=minutes,
            weight=max(1, round(minutes / 60)),
            prerequisites=(parts[-1].id,) if parts else needs,
            resources=tuple(
                item.id for item in _choice(syllabus.about(topic.id), minutes, number, brief)
            ),
        )
        parts.append(part)
    return parts


def _choice(materials: Sequence[Material], minutes: int, turn: int, brief: Brief) -> list[Material]:
    """One that meets the level, something to practise on, and the next best; lightest first.

    Each part of a topic takes its turn at the materials, so that parts differ.
    """
    best = best_rank(materials, brief.level)

    def worth(item: Material) -> tuple[int, bool, bool, int, str]:
        off, heavy = abs(item.level.rank - best), item.megabytes > HEAVY
        return off, heavy, item.minutes > minutes, item.megabytes, item.id

    ranked = sorted(within_reach(materials, brief.level), key=worth)
    fitting = [item for item in ranked if item.level.rank == best]
    first = fitting[turn % len(fitting)]
    others = [item for item in ranked if item is not first]
    practice = [] if first.hands_on else [item for item in others if item.hands_on][:1]
    rest = [item for item in others if item not in practice]
    return [first, *practice, *rest][:RESOURCES_PER_MODULE]


def _span(minutes: int) -> str:
    hours = round(minutes / 60)
    return f"{hours} hours" if hours > 1 else f"{minutes} minutes"
