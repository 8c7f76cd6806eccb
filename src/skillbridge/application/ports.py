"""What every use case may ask for. A port exists only where two adapters do."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType, Protocol, runtime_checkable
from uuid import UUID

from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Conflict, NotFound, Unavailable
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import JobId, TenantId


class Tx(Protocol):
    """An open transaction."""

    def emit(self, *events: Event) -> None:
        """Publish these events, and plan what follows from them, if this commits."""

    async def now(self) -> datetime:
        """The database's time: the one clock that all processes share.

        What one process begins and another ends is measured by this, for their own clocks differ.
        """
        ...


class Transaction(Protocol):
    """Opens the one transaction of a use case; never around a call to the outside world."""

    def __call__(
        self, actor: Actor, *, read_only: bool = False, step: bool = False
    ) -> AbstractAsyncContextManager[Tx]:
        """All or nothing, seeing only what `actor` may see.

        In a job, the first transaction that is not `read_only` also marks the job done when it
        commits: a reaction therefore writes in one transaction. A `step` of a long job commits
        only while the job's lease holds, and leaves the job to go on: whoever takes the job over
        meets what the steps have done. Raises Unavailable when no connection is free in time, and
        Conflict when the job's lease was lost meanwhile.
        """
        ...


class Clock(Protocol):
    """The time, aware, in UTC."""

    def __call__(self) -> datetime: ...


class UnknownTenant(NotFound):
    """No such tenant."""


class Tenants(Protocol):
    """Finds the tenant before anybody is known."""

    async def by_slug(self, slug: str) -> TenantId:
        """Raises UnknownTenant."""
        ...

    async def found(self, slug: str, name: str) -> TenantId:
        """Founds a tenant, or finds it where it is there already; only for the system."""
        ...


class Subscription(Protocol):
    """What one listener has not read yet, for one task to wait for."""

    async def next(self, *, within: float) -> bytes | None:
        """The oldest message; None after so many seconds without one."""
        ...


class Fanout(Protocol):
    """Tells whoever listens now; nobody listening is not an error, and nothing is kept."""

    async def publish(self, topic: str, message: bytes) -> None:
        """Best effort: a broker that is away loses the message and raises nothing."""

    def subscribe(self, topic: str) -> AbstractAsyncContextManager[Subscription]:
        """The messages of `topic` published after entering; who does not keep up loses the oldest.

        One published just before may come too.
        """
        ...


class Cache(Protocol):
    """Short-lived copies; a cache that is away is a cache that is empty."""

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes, *, ttl: timedelta) -> None: ...


class RateLimit(Protocol):
    """Counts attempts by name, over all processes."""

    async def spend(self, name: str, *, limit: int, per: timedelta) -> None:
        """Takes one of `limit` attempts per `per`; raises TooMany with the seconds to wait."""

    async def give_back(self, name: str, *, limit: int, per: timedelta) -> None:
        """Undoes one `spend` with the same numbers: that attempt was not of the kind to count."""


class JobState(StrEnum):
    """Ready jobs wait for their due time, running ones hold a lease, dead ones wait for a person."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed piece of work: a use case by name, and the event or slot it is for."""

    id: JobId
    tenant_id: TenantId
    kind: str
    event: Event | None
    slot: str | None
    attempt: int
    lease: int
    """The fencing token: grows with every claim, so an old holder cannot finish a job."""
    request_id: str = ""
    """The request that caused it all."""
    unreadable: str | None = None
    """Why this worker cannot read the event: a newer or older one wrote it."""
    error: str | None = None
    """What the last attempt that lived to tell said."""


@dataclass(frozen=True, slots=True)
class JobReport:
    """A job as an operator sees it."""

    id: JobId
    tenant_id: TenantId
    kind: str
    state: JobState
    attempts: int
    due_at: datetime
    error: str | None


@dataclass(slots=True)
class CurrentJob:
    """The job that this scope works on, if it does; its writing transaction settles it."""

    job: Job | None = None
    settled: bool = False


@runtime_checkable
class GivesUp(Protocol):
    """A use case that somebody waits for: it says so when no attempt is left."""

    async def give_up(self, actor: Actor, event: Any) -> None:
        """May be called more than once, and when the work was done after all."""


class LeaseLost(Conflict):
    """Another worker took this job over: this one's effects must not count."""


class RefusedForGood(Unavailable):
    """The outside said no, and would say so again: no further attempt; the words are an operator's."""


Reactions = NewType("Reactions", Mapping[type[Event], tuple[str, ...]])
"""The names of the use cases that follow from each event."""


class Jobs(Protocol):
    """The ledger of work. Only the system uses it; times are the ledger's own."""

    async def claim(self, *, limit: int, lease: timedelta) -> Sequence[Job]:
        """Takes jobs that are ready and due, or run on a lease that ran out; longest due first."""
        ...

    async def extend(self, job: Job, *, lease: timedelta) -> bool:
        """Keeps a job for longer; False when it was lost."""
        ...

    async def finish(self, jobs: Sequence[Job]) -> None:
        """Marks jobs done that wrote nothing; harmless for one that is done, or somebody else's."""

    async def fail(self, job: Job, error: str, *, retry_in: timedelta | None) -> None:
        """Puts a job back for later, or, without `retry_in`, among the dead."""

    async def requeue(self, job: Job, reason: str, *, retry_in: timedelta) -> None:
        """Puts a job back for somebody else, as if this attempt had not been."""

    async def now(self) -> datetime:
        """The ledger's time."""
        ...

    async def plan(self, kind: str, slot: str, *, due_in: timedelta = timedelta()) -> int:
        """One job of `kind` for `slot` in every tenant; planned twice is planned once."""
        ...

    async def report(self, state: JobState, *, limit: int = 100) -> Sequence[JobReport]:
        """Jobs in `state`, newest first."""
        ...

    async def counts(self) -> dict[JobState, int]:
        """How many jobs are in each state."""
        ...

    async def replay(self, job_id: JobId) -> bool:
        """Makes a dead job ready again with all its attempts; False when it is not dead."""
        ...


class Part(StrEnum):
    """What a process of this installation is."""

    API = "api"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Process:
    """One that runs; `id` is drawn at its start and names no machine."""

    id: UUID
    part: Part
    version: str


@dataclass(frozen=True, slots=True)
class ProcessReport:
    """A process as an operator sees it; it lives if it was heard of lately."""

    id: UUID
    part: Part
    version: str
    started_at: datetime
    beat_at: datetime
    lives: bool = True


BEAT = timedelta(seconds=5)
SILENT = timedelta(seconds=20)
"""A process not heard of for so long is taken for dead: three beats may be lost."""
FORGOTTEN = timedelta(hours=1)
"""A process not heard of for so long is not reported any more."""


class Processes(Protocol):
    """Who is there, as each says it of itself. Times are the ledger's own."""

    async def beat(self, process: Process) -> None:
        """It lives; whoever was silent too long is forgotten."""

    async def leave(self, process: Process) -> None:
        """It ends in good order."""

    async def report(self) -> Sequence[ProcessReport]:
        """Everybody, the last heard of first."""
        ...

    async def lives(self, part: Part) -> bool:
        """Whether any process of this part was heard of lately."""
        ...


class Wake(Protocol):
    """Tells a worker that these jobs are ready; best effort, the ledger is the truth."""

    async def __call__(self, job_ids: Sequence[JobId]) -> None: ...
