"""The tables, as dictionaries, and transactions over them."""

import asyncio
from collections.abc import AsyncIterator, Iterator, MutableMapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory import triggers, visibility
from skillbridge.application.ports.jobs import JobState, Reactions, Step, Wake
from skillbridge.application.ports.processes import ProcessReport
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor, PrincipalKind
from skillbridge.domain.audit.chain import Sealed, Written
from skillbridge.domain.audit.entry import entry_of
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import EventId, JobId, TenantId, UserId
from skillbridge.domain.tenancy.tenant import TenantState


@dataclass(slots=True)
class JobRow:
    id: JobId
    tenant_id: TenantId
    kind: str
    event_id: EventId | None = None
    slot: str | None = None
    state: JobState = JobState.READY
    attempts: int = 0
    lease: int = 0
    due_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    lease_until: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    tenant_id: TenantId
    event: Event
    request_id: str


@dataclass(slots=True)
class AuditRow:
    """An entry of the audit trail, and its seal once it has one."""

    written: Written
    sealed: Sealed | None = None


@dataclass(slots=True)
class Store:
    """One per process. Business rows are kept by tenant, so that no tenant sees another's."""

    rows: dict[tuple[TenantId, str], dict[Any, Any]] = field(default_factory=dict)
    events: dict[EventId, Recorded] = field(default_factory=dict)
    jobs: dict[JobId, JobRow] = field(default_factory=dict)
    tenants: dict[str, TenantId] = field(default_factory=dict)
    states: dict[TenantId, TenantState] = field(default_factory=dict)
    """Of those that are not active."""
    processes: dict[UUID, ProcessReport] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    undo: dict[tuple[TenantId, str], dict[Any, Any]] | None = field(init=False, default=None)
    """While a transaction is open: the tables that it has touched, as they were before."""
    read_only: bool = field(init=False, default=False)
    """While a transaction is open: whether it may change nothing."""

    def must_be_writable(self) -> None:
        """Raises RuntimeError: writing where one said to read is a mistake in the program."""
        if self.read_only:
            raise RuntimeError("nothing is written in a read-only transaction")

    def table(self, tenant_id: TenantId, name: str) -> dict[Any, Any]:
        rows = self.rows.setdefault((tenant_id, name), {})
        if self.undo is not None and (tenant_id, name) not in self.undo:
            self.undo[tenant_id, name] = deepcopy(rows)
        return rows


@dataclass(frozen=True, slots=True)
class Table(MutableMapping[Any, Any]):
    """A table as an actor sees it: other rows are not there. What changes it meets the triggers."""

    store: Store
    actor: Actor
    name: str

    def raw(self, name: str) -> dict[Any, Any]:
        """All rows of a table in the actor's tenant."""
        return self.store.table(self.actor.tenant_id, name)

    def __getitem__(self, key: object) -> Any:
        row = self.raw(self.name)[key]
        if not self._shows(row):
            raise KeyError(key)
        return row

    def __setitem__(self, key: object, row: Any) -> None:
        self.store.must_be_writable()
        rows = self.raw(self.name)
        stored = triggers.fire(self.name, rows.get(key), deepcopy(row), self.raw)
        if stored is not None:
            rows[key] = stored

    def __delitem__(self, key: object) -> None:
        self.store.must_be_writable()
        if key not in self:
            raise KeyError(key)
        del self.raw(self.name)[key]

    def __iter__(self) -> Iterator[Any]:
        return iter([key for key, row in self.raw(self.name).items() if self._shows(row)])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _shows(self, row: Any) -> bool:
        return visibility.shows(self.name, row, self.actor, self.raw)


@dataclass(slots=True)
class MemorySession:
    """One per request or job: the store as the present actor may see it."""

    store: Store
    actor: Actor | None = field(init=False, default=None)
    outer: Any = field(init=False, default=None)  # a MemoryTx, which ports call Tx
    """Around a keyed request: the transaction of which those of the use cases become parts."""

    @property
    def by(self) -> Actor:
        """The actor of the open transaction; asking outside of one is a mistake in the program."""
        if self.actor is None:
            raise RuntimeError("no transaction is open")
        return self.actor

    def table(self, name: str, *, of: Actor | None = None) -> "Table":
        """The rows that the actor sees; `of` is for reads, which open no transaction.

        Raises RuntimeError without a tenant: it would find no rows, and say so to whoever forgot it.
        """
        actor = of or self.by
        if not actor.tenant_id.int:
            raise RuntimeError(f"{name} are rows of a tenant, and none is named")
        return Table(self.store, actor, name)

    def save(self, name: str, key: object, row: Any, stale: str) -> None:
        """Raises StaleWrite in these words where the row is not as it was read any more."""
        table = self.table(name)
        if table[key].version != row.version:
            raise StaleWrite(stale)
        table[key] = row

    def sees(self, owner: UserId, *, of: Actor | None = None) -> bool:
        """Whether the actor is this person, or the system."""
        actor = of or self.by
        return actor.principal_kind is PrincipalKind.SYSTEM or actor.user_id == owner


@dataclass(slots=True)
class MemoryTx:
    events: list[Event] = field(default_factory=list)

    def emit(self, *events: Event) -> None:
        self.events.extend(events)

    async def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class MemoryTransaction:
    session: MemorySession
    reactions: Reactions
    wake: Wake

    @asynccontextmanager
    async def __call__(self, actor: Actor, *, read_only: bool = False) -> AsyncIterator[MemoryTx]:
        if (outer := self.session.outer) is not None:
            if actor != self.session.actor:
                raise RuntimeError("a part of a transaction is its actor's own")
            with self._within(outer):
                yield outer
            return
        if self.session.actor is not None:
            raise RuntimeError("transactions do not nest")
        store, tx = self.session.store, MemoryTx()
        async with store.lock:
            self.session.actor, store.undo, store.read_only = actor, {}, read_only
            try:
                yield tx
                if tx.events:
                    store.must_be_writable()
            except BaseException:
                store.rows |= store.undo
                raise
            finally:
                self.session.actor, store.undo, store.read_only = None, None, False
            planned = self._record(actor, tx.events)
        if planned:
            await self.wake(planned)

    @contextmanager
    def _within(self, outer: MemoryTx) -> Iterator[None]:
        """What fails leaves the outer one as it was before, to go on or to be given up."""
        store, told, undo = self.session.store, len(outer.events), self.session.store.undo or {}
        store.undo, self.session.outer = {}, None
        try:
            yield
            undo = {**store.undo, **undo}
        except BaseException:
            store.rows |= store.undo
            del outer.events[told:]
            raise
        finally:
            store.undo, self.session.outer = undo, outer

    def _record(self, actor: Actor, happened: Sequence[Event]) -> list[JobId]:
        store, planned = self.session.store, []
        for event in happened:
            store.events[event.id] = Recorded(actor.tenant_id, event, actor.request_id)
            if entry := entry_of(actor, event):
                row = AuditRow(Written(entry, datetime.now(UTC)))
                store.table(actor.tenant_id, "audit_entries")[entry.id] = row
            for kind in self.reactions.get(type(event), ()):
                job = JobRow(JobId(uuid4()), actor.tenant_id, kind, event_id=event.id)
                store.jobs[job.id] = job
                planned.append(job.id)
        return planned


@dataclass(frozen=True, slots=True)
class SilentWake:
    """Nobody is told: whoever runs the jobs asks the ledger what is due."""

    async def __call__(self, job_ids: Sequence[JobId]) -> None:
        """Keeps nothing: the ledger already knows."""


def in_future(wait: timedelta) -> datetime:
    return datetime.now(UTC) + wait


BINDINGS: Bindings = (Binding[Transaction](MemoryTransaction), Binding[Step](MemoryTransaction))
