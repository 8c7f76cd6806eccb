"""The ledger of work."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType, Protocol, runtime_checkable

from skillbridge.application.ports.transaction import Tx
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Conflict, Unavailable
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import JobId, TenantId


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


@runtime_checkable
class GivesUp(Protocol):
    """A use case that somebody waits for: it says so when no attempt is left."""

    async def give_up(self, actor: Actor, event: Any) -> None:
        """May be called more than once, and when the work was done after all."""


class LeaseLost(Conflict):
    """Another worker took this job over: this one's effects must not count."""


class RefusedForGood(Unavailable):
    """The outside said no, and would say so again: no further attempt; the words are an operator's."""


class Step(Protocol):
    """Opens a transaction of a long job that leaves the job to go on."""

    def __call__(self, actor: Actor) -> AbstractAsyncContextManager[Tx]:
        """Commits only while the job's lease holds: whoever takes the job over meets what it did.

        Without a job it is a transaction like any other. Raises what that raises.
        """
        ...


class Settlement(Protocol):
    """What becomes of a job with the open transaction; nothing does if that is rolled back.

    A job whose lease was lost lets nothing commit: here, or with the commit, LeaseLost is raised.
    """

    def settle(self, job: Job) -> None:
        """The job is done when this commits."""

    def hold(self, job: Job) -> None:
        """The job goes on when this commits."""


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


class Wake(Protocol):
    """Tells a worker that these jobs are ready; best effort, the ledger is the truth."""

    async def __call__(self, job_ids: Sequence[JobId]) -> None: ...
