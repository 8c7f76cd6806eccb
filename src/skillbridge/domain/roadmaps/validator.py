"""What makes an outline sound. Nobody's word is taken for it, a model's least of all."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import ModuleId, ResourceId, SkillId
from skillbridge.domain.links import smuggles_a_link
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Module, Outline, sort_out
from skillbridge.domain.roadmaps.syllabus import Syllabus, best_rank, to_learn, within_reach
from skillbridge.domain.signs import refused_sign

MIN_MODULES, MAX_MODULES = 3, 40
MIN_MINUTES = 15
MAX_WEEKS = 52
MAX_MODULE_WEEKS = 4
MIN_TITLE, MAX_TITLE = 3, 80
MIN_SUMMARY, MAX_SUMMARY = 10, 400
MAX_ID = 64
MAX_WEIGHT = 1000
MAX_RESOURCES = 8
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Fault(StrEnum):
    """The rules, by the name of their breach."""

    COUNT = "count"
    ID = "id"
    DUPLICATE = "duplicate"
    TEXT = "text"
    LINK = "link"
    WEIGHT = "weight"
    UNKNOWN_PREREQUISITE = "unknown_prerequisite"
    CYCLE = "cycle"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    OVERFULL = "overfull"
    FOREIGN_SKILL = "foreign_skill"
    KNOWN_SKILL = "known_skill"
    RESOURCE_COUNT = "resource_count"
    UNKNOWN_RESOURCE = "unknown_resource"
    FOREIGN_RESOURCE = "foreign_resource"
    TOO_HARD = "too_hard"
    TOO_EASY = "too_easy"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One breach of one rule; `module` is None when the outline as a whole breaks it."""

    fault: Fault
    detail: str
    module: ModuleId | None = None

    def __str__(self) -> str:
        where = f"module {self.module[:MAX_ID]!r}: " if self.module is not None else ""
        return f"{where}{self.detail}"


class UnsoundOutline(Invalid):
    """An outline that may not become a roadmap: its flaws say why."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__("; ".join(str(flaw) for flaw in flaws), field="modules")
        self.flaws = tuple(flaws)


def ensure_sound(outline: Outline, brief: Brief, syllabus: Syllabus) -> None:
    """Raises UnsoundOutline with every flaw."""
    if flaws := validate(outline, brief, syllabus):
        raise UnsoundOutline(flaws)


def validate(outline: Outline, brief: Brief, syllabus: Syllabus) -> tuple[Flaw, ...]:
    """Every flaw of an outline: none means sound."""
    if not MIN_MODULES <= len(outline.modules) <= MAX_MODULES:
        count = f"{len(outline.modules)} modules: there must be {MIN_MODULES} to {MAX_MODULES}"
        return (Flaw(Fault.COUNT, count),)
    flaws = chain(
        _wording(outline.title, "title", MIN_TITLE, MAX_TITLE, None),
        _identities(outline),
        _order(outline),
        _hours(outline, brief),
        chain.from_iterable(_module(module, brief, syllabus) for module in outline.modules),
    )
    return tuple(flaws)


def _module(module: Module, brief: Brief, syllabus: Syllabus) -> Iterator[Flaw]:
    yield from _wording(module.title, "title", MIN_TITLE, MAX_TITLE, module.id)
    yield from _wording(module.summary, "summary", MIN_SUMMARY, MAX_SUMMARY, module.id)
    if not 1 <= module.weight <= MAX_WEIGHT:
        yield Flaw(Fault.WEIGHT, f"weight must be 1 to {MAX_WEIGHT}", module.id)
    yield from _length(module, brief)
    yield from _skill(module, brief, syllabus)
    yield from _resources(module, brief, syllabus)


def _wording(
    text: str, what: str, least: int, most: int, module: ModuleId | None
) -> Iterator[Flaw]:
    if not least <= len(text.strip()) or len(text) > most:
        yield Flaw(Fault.TEXT, f"{what} must have {least} to {most} characters", module)
        return  # the rules below are slow on texts without end
    if sign := refused_sign(text):
        yield Flaw(Fault.TEXT, f"{what} cannot hold {sign}", module)
    if smuggles_a_link(text):
        yield Flaw(Fault.LINK, f"{what} must be plain text without addresses or markup", module)


def _identities(outline: Outline) -> Iterator[Flaw]:
    for module_id, times in Counter(module.id for module in outline.modules).items():
        if times > 1:
            yield Flaw(Fault.DUPLICATE, "this id is there more than once", module_id)
        if len(module_id) > MAX_ID or not ID.fullmatch(module_id):
            rule = f"id must be lower-case words joined by hyphens, at most {MAX_ID} characters"
            yield Flaw(Fault.ID, rule, module_id)


def _order(outline: Outline) -> Iterator[Flaw]:
    ids = {module.id for module in outline.modules}
    for module in outline.modules:
        if missing := [needed for needed in module.prerequisites if needed not in ids]:
            detail = f"requires {missing[0][:MAX_ID]!r}, which is not there"
            yield Flaw(Fault.UNKNOWN_PREREQUISITE, detail, module.id)
        if len(set(module.prerequisites)) < len(module.prerequisites):
            yield Flaw(Fault.DUPLICATE, "a prerequisite is there more than once", module.id)
    _, stuck = sort_out(outline.modules)
    for module in stuck:
        yield Flaw(Fault.CYCLE, "its prerequisites wait for each other in a circle", module.id)


def _hours(outline: Outline, brief: Brief) -> Iterator[Flaw]:
    if outline.minutes > MAX_WEEKS * brief.minutes_per_week:
        most = MAX_WEEKS * brief.hours_per_week
        yield Flaw(Fault.OVERFULL, f"more than {most} hours do not fit into {MAX_WEEKS} weeks")


def _length(module: Module, brief: Brief) -> Iterator[Flaw]:
    longest = MAX_MODULE_WEEKS * brief.minutes_per_week
    if module.minutes < MIN_MINUTES:
        yield Flaw(Fault.TOO_SHORT, f"minutes must be at least {MIN_MINUTES}", module.id)
    if module.minutes > longest:
        detail = f"more than {longest} minutes take longer than {MAX_MODULE_WEEKS} weeks"
        yield Flaw(Fault.TOO_LONG, detail, module.id)


def _skill(module: Module, brief: Brief, syllabus: Syllabus) -> Iterator[Flaw]:
    subject = syllabus.domain(brief.domain)
    wanted = {topic.id for topic in to_learn(subject, brief)}
    if module.skill not in {topic.id for topic in subject.skills}:
        detail = f"skill {module.skill[:MAX_ID]!r} is none of {subject.title}"
        yield Flaw(Fault.FOREIGN_SKILL, detail, module.id)
    elif module.skill in brief.known and module.skill not in wanted:
        yield Flaw(Fault.KNOWN_SKILL, f"the learner knows {module.skill!r} already", module.id)


def _resources(module: Module, brief: Brief, syllabus: Syllabus) -> Iterator[Flaw]:
    if not 1 <= len(module.resources) <= MAX_RESOURCES:
        yield Flaw(Fault.RESOURCE_COUNT, f"must have 1 to {MAX_RESOURCES} resources", module.id)
        return
    if len(set(module.resources)) < len(module.resources):
        yield Flaw(Fault.DUPLICATE, "a resource is there more than once", module.id)
    for resource_id in module.resources:
        yield from _resource(resource_id, module, brief, syllabus)
    yield from _challenge(module, module.skill, brief, syllabus)


def _resource(
    resource_id: ResourceId, module: Module, brief: Brief, syllabus: Syllabus
) -> Iterator[Flaw]:
    name = repr(resource_id[:MAX_ID])
    if (found := syllabus.find(resource_id)) is None:
        yield Flaw(Fault.UNKNOWN_RESOURCE, f"there is no resource {name}", module.id)
    elif module.skill not in found.skills and found.domain != brief.domain:
        detail = f"resource {name} teaches neither the skill nor the domain"
        yield Flaw(Fault.FOREIGN_RESOURCE, detail, module.id)
    elif found not in within_reach([*syllabus.about(module.skill), found], brief.level):
        yield Flaw(Fault.TOO_HARD, f"resource {name} is far above the learner", module.id)


def _challenge(module: Module, skill: SkillId, brief: Brief, syllabus: Syllabus) -> Iterator[Flaw]:
    """At least one resource meets the learner as high as the catalogue can."""
    chosen = [found for one in module.resources if (found := syllabus.find(one)) is not None]
    best = best_rank(syllabus.about(skill), brief.level)
    if chosen and max(item.level.rank for item in chosen) < best:
        yield Flaw(Fault.TOO_EASY, "every resource is below the learner's level", module.id)
