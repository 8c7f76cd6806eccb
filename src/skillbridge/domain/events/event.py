"""What every event has, and which of them the audit trail keeps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, TypeVar, dataclass_transform
from uuid import uuid4

from skillbridge.domain.ids import EventId

T = TypeVar("T")


class Category(StrEnum):
    """What an entry of the audit trail is about: values of `event.category` in ECS 8.17."""

    AUTHENTICATION = "authentication"
    CONFIGURATION = "configuration"
    IAM = "iam"
    """Who may do what: accounts, roles, tokens, ways to sign in."""
    INTRUSION = "intrusion_detection"


@dataclass(frozen=True, slots=True)
class Audited:
    """How an event stands in the audit trail."""

    category: Category
    subject: str
    """The field that names to whom it was done; empty where it was to nobody."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(kind: type[T]) -> type[T]:
    """How each class of events is declared: it is frozen, and made by the names of its fields."""
    return dataclass(frozen=True, slots=True, kw_only=True)(kind)


def audited(category: Category, subject: str = "user_id") -> "Callable[[type[E]], type[E]]":
    """Above `@event`: what is done is kept in the audit trail too, in the same transaction."""

    def keep(kind: type[E]) -> type[E]:
        if subject and subject not in kind.__dataclass_fields__:
            raise ValueError(f"{kind.__name__} has no field {subject}")
        kind.audit = Audited(category, subject)
        return kind

    return keep


def _new_id() -> EventId:
    return EventId(uuid4())


@event
class Event:
    """Two events are equal when they tell the same; `id` names this one happening."""

    audit: ClassVar[Audited | None] = None

    at: datetime
    id: EventId = field(default_factory=_new_id, compare=False)


E = TypeVar("E", bound=Event)
