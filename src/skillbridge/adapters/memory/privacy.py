"""Requests about data and their archives in dictionaries."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.privacy.ports import Exports, PrivacyReads, PrivacyRequests
from skillbridge.application.privacy.views import ExportView, PrivacyRequestView
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import PrivacyRequestId, UserId
from skillbridge.domain.privacy.request import (
    BEGUN_MEANWHILE,
    NoErasure,
    NoExport,
    PrivacyRequest,
    RequestKind,
    RequestState,
)


@dataclass(slots=True)
class ExportRow:
    user_id: UserId
    request_id: PrivacyRequestId
    archive: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MemoryPrivacyRequests:
    session: MemorySession

    async def add(self, request: PrivacyRequest) -> bool:
        table = self.session.table("privacy_requests")
        asked = (request.user_id, request.kind)
        if any((one.user_id, one.kind) == asked and one.open for one in table.values()):
            return False
        table[request.id] = request
        return True

    async def newest(self, user_id: UserId, kind: RequestKind) -> PrivacyRequest | None:
        return deepcopy(newest(self.session.table("privacy_requests").values(), user_id, kind))

    async def get(self, request_id: PrivacyRequestId) -> PrivacyRequest | None:
        return deepcopy(self.session.table("privacy_requests").get(request_id))

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[PrivacyRequest]:
        waiting = [
            one
            for one in self.session.table("privacy_requests").values()
            if one.kind is RequestKind.ERASURE
            and one.state is RequestState.WAITING
            and one.acts_at <= at
        ]
        return deepcopy(sorted(waiting, key=lambda one: one.acts_at)[:limit])

    async def cancel(self, request: PrivacyRequest) -> None:
        if self.session.table("privacy_requests")[request.id].state is not RequestState.WAITING:
            raise StaleWrite(BEGUN_MEANWHILE)
        await self.save(request)

    async def save(self, request: PrivacyRequest) -> None:
        self.session.table("privacy_requests")[request.id] = request


@dataclass(frozen=True, slots=True)
class MemoryExports:
    session: MemorySession

    async def put(self, request: PrivacyRequest, archive: bytes, expires_at: datetime) -> None:
        row = ExportRow(request.user_id, request.id, archive, expires_at)
        self.session.table("exports")[request.user_id] = row


@dataclass(frozen=True, slots=True)
class MemoryPrivacyReads:
    session: MemorySession

    async def export(self, actor: Actor) -> ExportView:
        asked = newest(self._requests(actor), actor.user_id, RequestKind.EXPORT)
        if asked is None:
            raise NoExport
        view = ExportView(asked.id, asked.state, asked.asked_at, asked.due_at)
        if asked.state is not RequestState.DONE:
            return view
        row = self._export(actor)
        return ExportView(
            asked.id, asked.state, asked.asked_at, asked.due_at, len(row.archive), row.expires_at
        )

    async def archive(self, actor: Actor) -> bytes:
        return self._export(actor).archive

    async def erasure(self, actor: Actor) -> PrivacyRequestView:
        asked = newest(self._requests(actor), actor.user_id, RequestKind.ERASURE)
        if asked is None or not asked.open:
            raise NoErasure
        return PrivacyRequestView.of(asked)

    async def register(self, actor: Actor, *, limit: int) -> Sequence[PrivacyRequestView]:
        found = sorted(filter(_open, self._requests(actor)), key=lambda one: one.due_at)
        return [PrivacyRequestView.of(one) for one in found[:limit]]

    def _requests(self, actor: Actor) -> list[PrivacyRequest]:
        return list(self.session.table("privacy_requests", of=actor).values())

    def _export(self, actor: Actor) -> ExportRow:
        row: ExportRow | None = self.session.table("exports", of=actor).get(actor.user_id)
        if row is None or row.expires_at <= datetime.now(UTC):
            raise NoExport
        return row


def _open(one: PrivacyRequest) -> bool:
    return one.open


def newest(rows: Any, user_id: UserId, kind: RequestKind) -> PrivacyRequest | None:
    found = [one for one in rows if (one.user_id, one.kind) == (user_id, kind)]
    return max(found, key=lambda one: one.asked_at, default=None)


BINDINGS: Bindings = (
    Binding[PrivacyRequests](MemoryPrivacyRequests),
    Binding[Exports](MemoryExports),
    Binding[PrivacyReads](MemoryPrivacyReads),
)
