"""The tables, as dictionaries, and transactions over them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from skillbridge.application.ports import (
    CurrentJob,
    JobState,
    LeaseLost,
    ProcessReport,
    Reactions,
    Wake,
)
from skillbridge.domain.actor import Actor, PrincipalKind
from skillbridge.domain.events import Event
from skillbridge.domain.ids import EventId, JobId, TenantId, UserId


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
class Store:
    """One per process. Business rows are kept by tenant, so that no tenant sees another's."""

    rows: dict[tuple[TenantId, str], dict[Any, Any]] = field(default_factory=dict)
    events: dict[EventId, Recorded] = field(default_factory=dict)
    jobs: dict[JobId, JobRow] = field(default_factory=dict)
    tenants: dict[str, TenantId] = field(default_factory=dict)
    processes: dict[UUID, ProcessReport] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class MemorySession:
    """One per request or job: the store as the present actor may see it."""

    store: Store
    actor: Actor | None = field(init=False, default=None)

    @property
    def by(self) -> Actor:
        """The actor of the open transaction; asking outside of one is a mistake in the program."""
        if self.actor is None:
            raise RuntimeError("no transaction is open")
        return self.actor

    def table(self, name: str, *, of: Actor | None = None) -> dict[Any, Any]:
        """The rows of the actor's tenant; `of` is for reads, which open no transaction."""
        return self.store.rows.setdefault(((of or self.by).tenant_id, name), {})

    def sees(self, owner: UserId, *, of: Actor | None = None) -> bool:
        """The policy of most tables: one's own rows, and the system's eye on all of them."""
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
    current: CurrentJob

    @asynccontextmanager
    async def __call__(
        self, actor: Actor, *, read_only: bool = False, step: bool = False
    ) -> AsyncIterator[MemoryTx]:
        if self.session.actor is not None:
            raise RuntimeError("transactions do not nest")
        store, tx = self.session.store, MemoryTx()
        async with store.lock:
            before = deepcopy((store.rows, store.jobs))
            self.session.actor = actor
            try:
                yield tx
                planned = self._record(actor, tx.events)
                if not read_only:
                    self._settle(step=step)
            except BaseException:
                store.rows, store.jobs = before
                raise
            finally:
                self.session.actor = None
        if planned:
            await self.wake(planned)

    def _record(self, actor: Actor, happened: Sequence[Event]) -> list[JobId]:
        store, planned = self.session.store, []
        for event in happened:
            store.events[event.id] = Recorded(actor.tenant_id, event, actor.request_id)
            for kind in self.reactions.get(type(event), ()):
                row = JobRow(JobId(uuid4()), actor.tenant_id, kind, event_id=event.id)
                store.jobs[row.id] = row
                planned.append(row.id)
        return planned

    def _settle(self, *, step: bool) -> None:
        job = self.current.job
        if job is None:
            return
        if self.current.settled:
            raise RuntimeError("a reaction writes in one transaction")
        row = self.session.store.jobs[job.id]
        if row.lease != job.lease or row.state is not JobState.RUNNING:
            raise LeaseLost("another worker took this job over")
        if step:
            return
        row.state, row.lease_until, row.error = JobState.DONE, None, None
        self.current.settled = True


@dataclass(frozen=True, slots=True)
class SilentWake:
    """Nobody is told: whoever runs the jobs asks the ledger what is due."""

    async def __call__(self, job_ids: Sequence[JobId]) -> None:
        """Keeps nothing: the ledger already knows."""


def in_future(wait: timedelta) -> datetime:
    return datetime.now(UTC) + wait
