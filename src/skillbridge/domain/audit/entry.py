"""An entry of the audit trail: who did what to whom, from where, by which request."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from skillbridge.domain.actor import NOBODY, Actor, PrincipalKind
from skillbridge.domain.events.event import Category, Event
from skillbridge.domain.ids import EventId, UserId


class ActorKind(StrEnum):
    """On whose behalf it was done; policies of the database know these words too."""

    PERSON = "person"
    NOBODY = "nobody"
    """Whoever was not known yet, as in a log-in: the subject says who it was then."""
    SYSTEM = "system"
    OPERATOR = "operator"
    """Somebody at a terminal, who acts as the system."""
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of it when it happens; when it was written, the store says."""

    id: EventId
    """Of the event, which has the same one."""
    action: str
    """The name of the event."""
    category: Category
    actor_kind: ActorKind
    actor_id: UserId | None
    subject_id: UserId | None
    operator: str | None
    network: str | None
    request_id: str | None
    """Ours."""
    correlation_id: str | None
    """By what answers, logs and jobs name the request: the id that the client gave, or ours."""
    details: Mapping[str, Any]
    """The other fields of the event: words, numbers, ids, and times in ISO 8601."""


def entry_of(actor: Actor, event: Event) -> Entry | None:
    """None for what is not audited."""
    if event.audit is None:
        return None
    caller, subject, actor_id = actor.caller, event.audit.subject, _person(actor)
    left_out = {"id", "at", subject}
    return Entry(
        id=event.id,
        action=type(event).__name__,
        category=event.audit.category,
        actor_kind=_kind(actor, known=actor_id is not None),
        actor_id=actor_id,
        subject_id=getattr(event, subject) if subject else None,
        operator=caller.operator or None,
        network=caller.network or None,
        request_id=caller.request_id or None,
        correlation_id=actor.request_id or None,
        details={
            one.name: _plain(getattr(event, one.name))
            for one in fields(event)
            if one.name not in left_out
        },
    )


def _person(actor: Actor) -> UserId | None:
    return actor.caller.person if actor.user_id == NOBODY else actor.user_id


def _kind(actor: Actor, *, known: bool) -> ActorKind:
    if actor.caller.operator:
        return ActorKind.OPERATOR
    if known:
        return ActorKind.PERSON
    if actor.principal_kind is PrincipalKind.PRE_AUTHENTICATION:
        return ActorKind.NOBODY
    return ActorKind(actor.principal_kind.value)


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple | list | frozenset | set):
        return [
            _plain(one) for one in (sorted(value) if isinstance(value, set | frozenset) else value)
        ]
    return value
