"""A request of a person about their data, and its clock.

waiting ── begin ──▶ running ── finish ──▶ done
   ├── answer ─▶ done
   ├── cancel ─▶ cancelled
   └── refuse ─▶ refused

Answered within 30 days: NDPA 2023 s.34 with GAID 2025, and the month of GDPR art. 12(3), which is no shorter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from skillbridge.domain.errors import NotFound
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.privacy import (
    AccountErased,
    ErasureBegun,
    ErasureRequested,
    ExportReady,
    ExportRequested,
)
from skillbridge.domain.ids import PrivacyRequestId, TenantId, UserId
from skillbridge.domain.lifecycle import Lifecycle

ANSWER_WITHIN = timedelta(days=30)
EXPORT_KEPT = timedelta(days=7)
"""So long an export can be downloaded."""
EXPORT_EVERY = timedelta(days=1)
"""Whoever asks again within a day is shown the export that is there."""


class RequestKind(StrEnum):
    """By the rights of GDPR chapter III and NDPA part VI."""

    EXPORT = "export"
    """Access and portability: GDPR art. 15 and 20, NDPA s.34 and 38."""
    ERASURE = "erasure"
    """GDPR art. 17, NDPA s.34."""
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    GRIEVANCE = "grievance"
    """The standard notice to address grievance of GAID 2025."""


class RequestState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"


LIFE = Lifecycle(
    RequestState,
    {
        "begin": ({RequestState.WAITING}, RequestState.RUNNING),
        "finish": ({RequestState.RUNNING}, RequestState.DONE),
        "answer": ({RequestState.WAITING}, RequestState.DONE),
        "cancel": ({RequestState.WAITING}, RequestState.CANCELLED),
        "refuse": ({RequestState.WAITING}, RequestState.REFUSED),
    },
)


class NoErasure(NotFound):
    """The actor has not asked for their account to be erased, or has thought again."""

    def __init__(self) -> None:
        super().__init__("no erasure of your account waits: PUT /v1/me/erasure asks for one")


class NoExport(NotFound):
    """The actor has asked for no export, or it has run out."""

    def __init__(self) -> None:
        super().__init__("there is no export of yours: PUT /v1/me/exports/latest asks for one")


BEGUN_MEANWHILE = "the erasure has begun meanwhile, and cannot be stopped any more"


@dataclass(slots=True, kw_only=True)
class PrivacyRequest:
    id: PrivacyRequestId
    tenant_id: TenantId
    user_id: UserId
    kind: RequestKind
    asked_at: datetime
    acts_at: datetime
    """Until then it may be cancelled."""
    state: RequestState = RequestState.WAITING
    ended_at: datetime | None = None
    address: str | None = None
    """Where the certificate of an erasure goes, from its beginning to its end."""
    receipts: dict[str, Mapping[str, int]] = field(default_factory=dict)
    """By store that was erased: how many rows of each table, or calls."""
    certificate: str | None = None
    """Signed: a JWS."""

    @property
    def due_at(self) -> datetime:
        return self.asked_at + ANSWER_WITHIN

    @property
    def open(self) -> bool:
        return self.state in {RequestState.WAITING, RequestState.RUNNING}

    @classmethod
    def for_export(
        cls, request_id: PrivacyRequestId, tenant_id: TenantId, user_id: UserId, *, at: datetime
    ) -> tuple["PrivacyRequest", tuple[Event, ...]]:
        made = cls(
            id=request_id,
            tenant_id=tenant_id,
            user_id=user_id,
            kind=RequestKind.EXPORT,
            asked_at=at,
            acts_at=at,
        )
        return made, (ExportRequested(request_id=request_id, user_id=user_id, at=at),)

    @classmethod
    def for_erasure(
        cls,
        request_id: PrivacyRequestId,
        tenant_id: TenantId,
        user_id: UserId,
        *,
        at: datetime,
        cooling_off: timedelta,
    ) -> tuple["PrivacyRequest", tuple[Event, ...]]:
        made = cls(
            id=request_id,
            tenant_id=tenant_id,
            user_id=user_id,
            kind=RequestKind.ERASURE,
            asked_at=at,
            acts_at=at + cooling_off,
        )
        told = ErasureRequested(request_id=request_id, user_id=user_id, acts_at=made.acts_at, at=at)
        return made, (told,)

    def serves(self, *, at: datetime) -> bool:
        """Whether who asks for an export again is shown this one."""
        return self.open or (self.state is RequestState.DONE and at < self.asked_at + EXPORT_EVERY)

    def cancel(self, *, at: datetime) -> None:
        """Its person has thought again. Raises IllegalMove."""
        self.state, self.ended_at = LIFE.after("cancel", self.state, among=("cancel",)), at

    def begin(self, *, at: datetime) -> tuple[Event, ...]:
        """The days are over. Raises IllegalMove."""
        self.state = LIFE.after("begin", self.state)
        return (ErasureBegun(request_id=self.id, user_id=self.user_id, at=at),)

    def finish_export(self, *, at: datetime) -> tuple[Event, ...]:
        """Raises IllegalMove."""
        self.state, self.ended_at = LIFE.after("answer", self.state), at
        kept = at + EXPORT_KEPT
        return (ExportReady(request_id=self.id, user_id=self.user_id, expires_at=kept, at=at),)

    def finish_erasure(self, *, at: datetime) -> tuple[Event, ...]:
        """Raises IllegalMove. Nobody knows where its person reads mails any more."""
        self.state, self.ended_at = LIFE.after("finish", self.state), at
        self.address = None
        return (AccountErased(request_id=self.id, user_id=self.user_id, at=at),)
