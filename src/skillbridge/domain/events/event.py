"""What every event has."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, dataclass_transform
from uuid import uuid4

from skillbridge.domain.ids import EventId

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(kind: type[T]) -> type[T]:
    """How each class of events is declared: it is frozen, and made by the names of its fields."""
    return dataclass(frozen=True, slots=True, kw_only=True)(kind)


def _new_id() -> EventId:
    return EventId(uuid4())


@event
class Event:
    """Two events are equal when they tell the same; `id` names this one happening."""

    at: datetime
    id: EventId = field(default_factory=_new_id, compare=False)
