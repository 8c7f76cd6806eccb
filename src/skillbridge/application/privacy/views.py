"""What people and operators see of requests about data."""

from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.ids import PrivacyRequestId
from skillbridge.domain.privacy.request import PrivacyRequest, RequestKind, RequestState


@dataclass(frozen=True, slots=True)
class PrivacyRequestView:
    """A request about one's data; it is answered before `due_at`, and acted upon after `acts_at`."""

    id: PrivacyRequestId
    kind: RequestKind
    state: RequestState
    asked_at: datetime
    acts_at: datetime
    due_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, one: PrivacyRequest) -> "PrivacyRequestView":
        return cls(one.id, one.kind, one.state, one.asked_at, one.acts_at, one.due_at, one.ended_at)


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export of what is kept of somebody. `size` and `expires_at` come with `done`."""

    id: PrivacyRequestId
    state: RequestState
    asked_at: datetime
    due_at: datetime
    size: int | None = None
    """Bytes of the archive."""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key of Ed25519, as `kid` names it in what it signs."""

    id: str
    point: str
    """32 bytes in base64url."""


@dataclass(frozen=True, slots=True)
class Term:
    """Rows of a table are deleted so many days after a time of theirs."""

    table: str
    days: int
    since: str
    where: str = ""
    """Which rows, in SQL; empty for all."""
    by: str = ""
    """The use case that does it; without one, the schedule itself."""


@dataclass(frozen=True, slots=True)
class PastTerm:
    """How many rows are past their term now."""

    term: Term
    rows: int
