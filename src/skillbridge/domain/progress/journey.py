"""One learner's way through one roadmap."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from skillbridge.domain.errors import Conflict, NotFound
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.progress import ModuleCompleted, ModuleReopened, RoadmapCompleted
from skillbridge.domain.ids import ModuleId, RoadmapId, UserId

FINISHED = 100
"""Percent."""


class UnknownModule(NotFound):
    """The roadmap has no such module."""


class RoadmapNotReady(Conflict):
    """The roadmap is still being written, or writing it failed."""


@dataclass(frozen=True, slots=True)
class Step:
    """What progress knows of a module: its share of the work, and what is best done before."""

    id: ModuleId
    title: str
    weight: int
    prerequisites: tuple[ModuleId, ...] = ()


def percent_done(steps: Iterable[Step], done: Iterable[ModuleId]) -> int:
    """The share of the weight that is done, rounded down, so that 100 means finished.

    A roadmap that weighs nothing is at 0. The database's `app.percent_done` says the same for
    whoever writes to it directly.
    """
    weights = {step.id: step.weight for step in steps}
    total = sum(weights.values())
    return 100 * sum(weights.get(module_id, 0) for module_id in set(done)) // total if total else 0


@dataclass(slots=True, kw_only=True)
class Journey:
    """Modules may be completed in any order: people know things before they come here.

    Prerequisites decide what is suggested next, never what may be ticked off. A verb that
    changes nothing returns no events.
    """

    learner_id: UserId
    roadmap_id: RoadmapId
    status: Literal["drafting", "ready", "failed"]
    steps: tuple[Step, ...]
    completed: dict[ModuleId, datetime] = field(default_factory=dict)
    version: int = 1
    _found: frozenset[ModuleId] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._found = frozenset(self.completed)

    @property
    def newly_completed(self) -> dict[ModuleId, datetime]:
        """What was completed since the journey was read."""
        return {one: at for one, at in self.completed.items() if one not in self._found}

    @property
    def reopened(self) -> frozenset[ModuleId]:
        """What was completed when the journey was read, and is not now."""
        return self._found - self.completed.keys()

    @property
    def percent(self) -> int:
        return percent_done(self.steps, self.completed)

    @property
    def next_steps(self) -> tuple[Step, ...]:
        """What is open and has all its prerequisites done, in the roadmap's order."""
        return tuple(
            step
            for step in self.steps
            if step.id not in self.completed
            and all(module_id in self.completed for module_id in step.prerequisites)
        )

    def complete(self, module_id: ModuleId, *, at: datetime) -> tuple[Event, ...]:
        """The module is done; the one that brings the journey to 100 finishes the roadmap.

        Raises RoadmapNotReady and UnknownModule.
        """
        step, before = self._step(module_id), self.percent
        if module_id in self.completed:
            return ()
        self.completed[module_id] = at
        percent = self.percent
        done = ModuleCompleted(
            learner_id=self.learner_id,
            roadmap_id=self.roadmap_id,
            module_id=module_id,
            title=step.title,
            percent=percent,
            at=at,
        )
        if before == FINISHED or percent < FINISHED:
            return (done,)
        finished = RoadmapCompleted(learner_id=self.learner_id, roadmap_id=self.roadmap_id, at=at)
        return (done, finished)

    def undo(self, module_id: ModuleId, *, at: datetime) -> tuple[Event, ...]:
        """The module is open again. Raises RoadmapNotReady and UnknownModule."""
        self._step(module_id)
        if self.completed.pop(module_id, None) is None:
            return ()
        return (
            ModuleReopened(
                learner_id=self.learner_id,
                roadmap_id=self.roadmap_id,
                module_id=module_id,
                percent=self.percent,
                at=at,
            ),
        )

    def _step(self, module_id: ModuleId) -> Step:
        if self.status != "ready":
            raise RoadmapNotReady(
                "this roadmap has no modules yet: wait until it is ready"
                if self.status == "drafting"
                else "this roadmap could not be written: ask for a new one"
            )
        for step in self.steps:
            if step.id == module_id:
                return step
        raise UnknownModule("this roadmap has no such module; its modules are listed with it")
