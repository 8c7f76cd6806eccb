"""The ledger of work in a dictionary."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import JobRow, Store, in_future
from skillbridge.application.ports.jobs import (
    Job,
    JobReport,
    Jobs,
    JobState,
    LeaseLost,
    Settlement,
)
from skillbridge.domain.ids import JobId


@dataclass(frozen=True, slots=True)
class MemoryJobs:
    store: Store

    async def claim(self, *, limit: int, lease: timedelta) -> Sequence[Job]:
        rest = self.store.states
        waiting = (row for row in self.store.jobs.values() if row.tenant_id not in rest)
        due = sorted(filter(_claimable, waiting), key=_due)
        return [self._claim(row, lease) for row in due[:limit]]

    async def extend(self, job: Job, *, lease: timedelta) -> bool:
        row = self._held(job)
        if row is not None:
            row.lease_until = in_future(lease)
        return row is not None

    async def finish(self, jobs: Sequence[Job]) -> None:
        for row in filter(None, map(self._held, jobs)):
            _end(row)

    async def fail(self, job: Job, error: str, *, retry_in: timedelta | None) -> None:
        if row := self._held(job):
            row.state = JobState.DEAD if retry_in is None else JobState.READY
            row.due_at = in_future(retry_in or timedelta())
            row.lease_until, row.error = None, error

    async def requeue(self, job: Job, reason: str, *, retry_in: timedelta) -> None:
        if row := self._held(job):
            await self.fail(job, reason, retry_in=retry_in)
            row.attempts -= 1

    async def now(self) -> datetime:
        return datetime.now(UTC)

    async def plan(self, kind: str, slot: str, *, due_in: timedelta = timedelta()) -> int:
        known = {(row.tenant_id, row.kind, row.slot) for row in self.store.jobs.values()}
        here = [t for t in self.store.tenants.values() if t not in self.store.states]
        new = [t for t in here if (t, kind, slot) not in known]
        for tenant_id in new:
            row = JobRow(JobId(uuid4()), tenant_id, kind, slot=slot, due_at=in_future(due_in))
            self.store.jobs[row.id] = row
        return len(new)

    async def report(self, state: JobState, *, limit: int = 100) -> Sequence[JobReport]:
        rows = [row for row in reversed(self.store.jobs.values()) if row.state is state]
        return [
            JobReport(r.id, r.tenant_id, r.kind, r.state, r.attempts, r.due_at, r.error)
            for r in rows[:limit]
        ]

    async def counts(self) -> dict[JobState, int]:
        found = Counter(row.state for row in self.store.jobs.values())
        return {state: found[state] for state in JobState}

    async def replay(self, job_id: JobId) -> bool:
        row = self.store.jobs.get(job_id)
        if row is None or row.state is not JobState.DEAD:
            return False
        row.state, row.attempts, row.error = JobState.READY, 0, None
        row.due_at = datetime.now(UTC)
        return True

    def _claim(self, row: JobRow, lease: timedelta) -> Job:
        row.state, row.lease_until = JobState.RUNNING, in_future(lease)
        row.attempts += 1
        row.lease += 1
        cause = self.store.events[row.event_id] if row.event_id else None
        return Job(
            id=row.id,
            tenant_id=row.tenant_id,
            kind=row.kind,
            event=cause.event if cause else None,
            slot=row.slot,
            attempt=row.attempts,
            lease=row.lease,
            request_id=cause.request_id if cause else "",
            error=row.error,
        )

    def _held(self, job: Job) -> JobRow | None:
        return _held(self.store, job)


@dataclass(frozen=True, slots=True)
class MemorySettlement:
    """The last thing in a transaction: nothing fails after it."""

    store: Store

    def settle(self, job: Job) -> None:
        _end(self._held(job))

    def hold(self, job: Job) -> None:
        self._held(job)

    def _held(self, job: Job) -> JobRow:
        if (row := _held(self.store, job)) is None:
            raise LeaseLost("another worker took this job over")
        return row


def _held(store: Store, job: Job) -> JobRow | None:
    row = store.jobs[job.id]
    return row if row.lease == job.lease and row.state is JobState.RUNNING else None


def _end(row: JobRow) -> None:
    row.state, row.lease_until, row.error = JobState.DONE, None, None


def _due(row: JobRow) -> datetime:
    return row.lease_until or row.due_at


def _claimable(row: JobRow) -> bool:
    return row.state in {JobState.READY, JobState.RUNNING} and _due(row) <= datetime.now(UTC)


BINDINGS: Bindings = (
    Binding[Jobs](MemoryJobs, singleton=True),
    Binding[Settlement](MemorySettlement),
)
