"""The audit trail in dictionaries."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import AuditRow, MemorySession, Store
from skillbridge.application.audit.ports import (
    AuditReads,
    Bounds,
    Months,
    RaisedSignals,
    Seals,
    SignalReads,
    Told,
    Unsealed,
)
from skillbridge.application.audit.views import AuditEntry, Search, SignalCount
from skillbridge.application.paging import Key, Page, PageRequest, cut
from skillbridge.domain.actor import Actor
from skillbridge.domain.audit.chain import NONE, Seal, Sealed, Written
from skillbridge.domain.audit.entry import Entry
from skillbridge.domain.events.audit import AdministratorsWarned, SecuritySignalRaised
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import TenantId

HEAD = "newest"


@dataclass(frozen=True, slots=True)
class MemoryUnsealed:
    store: Store

    async def tenants(self) -> Sequence[TenantId]:
        kept = [
            (tenant, rows)
            for (tenant, name), rows in self.store.rows.items()
            if name == "audit_entries"
        ]
        return [tenant for tenant, rows in kept if any(row.sealed is None for row in rows.values())]


@dataclass(frozen=True, slots=True)
class MemorySeals:
    session: MemorySession

    async def hold(self) -> Seal:
        found: Seal = self.session.table("audit_heads").get(HEAD, NONE)
        return found

    async def waiting(self, limit: int) -> Sequence[Written]:
        rows = [row.written for row in _rows(self.session) if row.sealed is None]
        return sorted(rows, key=lambda it: (it.at, it.entry.id))[:limit]

    async def put(self, sealed: Sequence[Sealed]) -> None:
        for one in sealed:
            self.session.table("audit_entries")[one.written.entry.id].sealed = one
        self.session.table("audit_heads")[HEAD] = sealed[-1].seal


@dataclass(frozen=True, slots=True)
class MemoryMonths:
    """What is in memory ends with its process: no month does."""

    async def prepare(self, today: date, ahead: int) -> None:
        """There is room."""

    async def retire(self, before: date) -> Sequence[str]:  # noqa: ARG002  as above
        return []


@dataclass(frozen=True, slots=True)
class MemoryAuditReads:
    session: MemorySession

    async def search(
        self, actor: Actor, asked: Search, page: PageRequest[Key]
    ) -> Page[AuditEntry, Key]:
        views = [_view(row) for row in _rows(self.session, actor) if _fits(row.written, asked)]
        return cut(views, page, lambda view: Key(view.at, view.id))

    async def chain(self, actor: Actor, after: int, through: int) -> Sequence[Sealed]:
        found = [row.sealed for row in _rows(self.session, actor) if row.sealed]
        kept = [one for one in found if after < one.seal.n <= through]
        return sorted(kept, key=lambda one: one.seal.n)

    async def bounds(self, actor: Actor) -> Bounds:
        rows = _rows(self.session, actor)
        return Bounds(
            head=self.session.table("audit_heads", of=actor).get(HEAD, NONE),
            last=max((row.sealed.seal.n for row in rows if row.sealed), default=0),
            retired=None,
            waiting_since=min((row.written.at for row in rows if not row.sealed), default=None),
            now=datetime.now(UTC),
        )


def _rows(session: MemorySession, actor: Actor | None = None) -> list[AuditRow]:
    return list(session.table("audit_entries", of=actor).values())


def _fits(written: Written, asked: Search) -> bool:
    entry, request = written.entry, asked.request_id
    return (
        asked.action in {None, entry.action}
        and asked.actor_id in {None, entry.actor_id}
        and asked.subject_id in {None, entry.subject_id}
        and (request is None or request in {entry.request_id, entry.correlation_id})
        and (asked.since is None or asked.since <= written.at)
        and (asked.until is None or written.at < asked.until)
    )


def _view(row: AuditRow) -> AuditEntry:
    entry = row.written.entry
    told = {one.name: getattr(entry, one.name) for one in fields(Entry)}
    return AuditEntry(**told, at=row.written.at, n=row.sealed.seal.n if row.sealed else None)


@dataclass(frozen=True, slots=True)
class MemoryRaisedSignals:
    session: MemorySession

    async def last_told(self) -> Told | None:
        rows = [row.written for row in _rows(self.session) if _is(row, AdministratorsWarned)]
        newest = max(rows, key=lambda one: one.at, default=None)
        if newest is None:
            return None
        return Told(newest.at, newest.entry.details["through"])

    async def after(self, n: int) -> Mapping[str, int]:
        found = (row for row in _rows(self.session) if _is(row, SecuritySignalRaised))
        return Counter(_kind(row) for row in found if row.sealed and row.sealed.seal.n > n)


@dataclass(frozen=True, slots=True)
class MemorySignalReads:
    session: MemorySession

    async def counts(self, actor: Actor, since: datetime) -> Sequence[SignalCount]:
        times = defaultdict[str, list[datetime]](list)
        for row in _rows(self.session, actor):
            if _is(row, SecuritySignalRaised) and row.written.at >= since:
                times[_kind(row)].append(row.written.at)
        return [SignalCount(kind, len(of), max(of)) for kind, of in sorted(times.items())]


def _is(row: AuditRow, kind: type[Event]) -> bool:
    return row.written.entry.action == kind.__name__


def _kind(row: AuditRow) -> str:
    return str(row.written.entry.details["kind"])


BINDINGS: Bindings = (
    Binding[Unsealed](MemoryUnsealed, singleton=True),
    Binding[Seals](MemorySeals),
    Binding[Months](MemoryMonths),
    Binding[AuditReads](MemoryAuditReads),
    Binding[RaisedSignals](MemoryRaisedSignals),
    Binding[SignalReads](MemorySignalReads),
)
