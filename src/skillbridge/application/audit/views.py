"""The audit trail as an administrator sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skillbridge.domain.audit.entry import ActorKind
from skillbridge.domain.events.event import Category
from skillbridge.domain.ids import EventId, UserId


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to whom; `n` is its place in the chain, once it is sealed."""

    id: EventId
    at: datetime
    action: str
    category: Category
    actor_kind: ActorKind
    actor_id: UserId | None
    subject_id: UserId | None
    operator: str | None
    network: str | None
    request_id: str | None
    correlation_id: str | None
    details: Mapping[str, Any]
    n: int | None


@dataclass(frozen=True, slots=True)
class SignalCount:
    """How many signals of a kind were raised, and when the newest was."""

    kind: str
    raised: int
    newest: datetime


@dataclass(frozen=True, slots=True)
class Search:
    """What an entry must have; None for whatever it has."""

    action: str | None = None
    actor_id: UserId | None = None
    subject_id: UserId | None = None
    request_id: str | None = None
    """Ours, or the one by which logs name the request."""
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""

    @property
    def asked(self) -> tuple[str, ...]:
        """As words, for the entry about this search."""
        told = (
            ("action", self.action),
            ("actor", self.actor_id),
            ("subject", self.subject_id),
            ("request", self.request_id),
            ("since", self.since and self.since.isoformat()),
            ("until", self.until and self.until.isoformat()),
        )
        return tuple(f"{name}={value}" for name, value in told if value is not None)
