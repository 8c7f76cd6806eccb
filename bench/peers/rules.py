"""What a completion means, for the peers: no more than the endpoint needs."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

EVENT = "ModuleCompleted"
REACTIONS = ("AwardBadges", "NotifyPeople")

Modules = Sequence[Mapping[str, Any]]


def percent(modules: Modules, done: Container[str]) -> int:
    """The share of the weight that is done, rounded down."""
    total = sum(module["weight"] for module in modules)
    return 100 * sum(one["weight"] for one in modules if one["id"] in done) // total


def following(modules: Modules, done: Container[str]) -> list[dict[str, str]]:
    """What is open and has its prerequisites done."""
    return [
        {"id": module["id"], "title": module["title"]}
        for module in modules
        if module["id"] not in done and _all(module["prerequisites"], done)
    ]


def payload(
    roadmap_id: UUID, modules: Modules, module_id: str, learner: UUID, reached: int, at: datetime
) -> dict[str, object]:
    """What is told of it."""
    (title,) = (module["title"] for module in modules if module["id"] == module_id)
    return {
        "at": at.isoformat(),
        "learner_id": str(learner),
        "roadmap_id": str(roadmap_id),
        "module_id": module_id,
        "title": title,
        "percent": reached,
    }


def _all(wanted: Iterable[str], done: Container[str]) -> bool:
    return all(one in done for one in wanted)
