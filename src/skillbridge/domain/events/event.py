"""What every event has."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from skillbridge.domain.ids import EventId


def _new_id() -> EventId:
    return EventId(uuid4())


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Two events are equal when they tell the same; `id` names this one happening."""

    at: datetime
    id: EventId = field(default_factory=_new_id, compare=False)
