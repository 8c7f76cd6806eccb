"""A worker's bench: a ledger on either backend, and one reaction that does what the test says."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import asyncpg
from dishka import AsyncContainer, Provider, Scope
from tests.support.given.world import without_work

from skillbridge.adapters.memory.store import Store
from skillbridge.application.ports.jobs import Job, Jobs, JobState, Reactions, Step
from skillbridge.application.ports.transaction import Transaction, Tx
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import EmailVerified
from skillbridge.domain.events.profiles import ProfileChanged
from skillbridge.domain.ids import JobId, TenantId, UserId
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.wiring import memory, stack
from skillbridge.entrypoints.worker.run import JobRunner
from skillbridge.entrypoints.worker.settle import JobProvider
from skillbridge.settings import DatabaseUrl, Settings

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SOMEONE = UserId(uuid4())
TABLE = Reactions({EmailVerified: ("Act",), ProfileChanged: ("Echo",)})

Play = Callable[[Transaction, Actor], Awaitable[None]]


async def leave_an_effect(transaction: Transaction, actor: Actor) -> None:
    """What a reaction does: one writing transaction, of which another job follows."""
    async with transaction(actor) as tx:
        effect(tx)


def effect(tx: Tx) -> None:
    tx.emit(ProfileChanged(user_id=SOMEONE, at=NOW))


@dataclass(slots=True)
class Script:
    """What `Act` does, and how often it was begun."""

    play: Play = leave_an_effect
    begun: int = 0
    step: Step = field(init=False)
    """Of the job that was begun last: for those that go by steps."""


@dataclass(frozen=True, slots=True)
class Act:
    transaction: Transaction
    step: Step
    script: Script

    async def __call__(self, actor: Actor, _cause: object) -> None:
        self.script.begun += 1
        self.script.step = self.step
        await self.script.play(self.transaction, actor)


EVERY: Final = 1_000_000
"""More jobs than the tests before can have left: every tenant of theirs has a planned one."""


async def ready(jobs: Jobs) -> list[JobId]:
    """The jobs that wait, the oldest first."""
    return [job.id for job in reversed(await jobs.report(JobState.READY, limit=EVERY))]


async def claimed(jobs: Jobs, job_id: JobId, *, lease: timedelta) -> Job | None:
    """The claim of this job alone, whatever else is due."""
    wanted = None
    for job in await jobs.claim(limit=EVERY, lease=lease):
        if job.id == job_id:
            wanted = job
        else:
            await jobs.requeue(job, job.error or "", retry_in=timedelta())
    return wanted


@dataclass
class Worker:
    """Claims a job by its id and runs it."""

    run: JobRunner

    async def __call__(self, job_id: JobId) -> bool:
        """False when the job was not there to be taken."""
        job = await claimed(self.run.jobs, job_id, lease=self.run.lease)
        if job is not None:
            await self.run(job)
        return job is not None


@dataclass
class Bench:
    container: AsyncContainer
    jobs: Jobs
    tenant_id: TenantId
    script: Script
    lapse: Callable[[JobId], Awaitable[None]]
    """Moves the clock: the lease of this job is over now."""

    def runner(self, jobs: Jobs | None = None, **changes: Any) -> Worker:
        return Worker(JobRunner(self.container, jobs or self.jobs, {"Act": Act}, **changes))

    async def plan(self, count: int = 1) -> list[JobId]:
        """New jobs of the kind `Act`."""
        system, before = Actor.system(self.tenant_id), set(await ready(self.jobs))
        async with self.container() as scope, (await scope.get(Transaction))(system) as tx:
            tx.emit(*(EmailVerified(user_id=SOMEONE, at=NOW) for _ in range(count)))
        return [job_id for job_id in await ready(self.jobs) if job_id not in before]

    async def effects(self) -> int:
        waiting = await self.jobs.report(JobState.READY, limit=EVERY)
        return sum(job.kind == "Echo" for job in waiting)

    async def count(self, state: JobState) -> int:
        return (await self.jobs.counts())[state]


@asynccontextmanager
async def memory_bench(home: Path) -> AsyncIterator[Bench]:
    store, tenant_id = Store(), TenantId(uuid4())
    store.tenants["test"] = tenant_id
    beside = wiring.outside(Settings(env="test", home=home))

    async def lapse(job_id: JobId) -> None:
        store.jobs[job_id].lease_until = datetime.now(UTC)

    async with _bench(tenant_id, lapse, *memory.providers(store), *beside) as bench:
        yield bench


@asynccontextmanager
async def postgres_bench(
    home: Path, worker_url: str, admin: asyncpg.Connection
) -> AsyncIterator[Bench]:
    tenant_id = TenantId(uuid4())
    await without_work(admin)
    await admin.execute(
        "insert into tenants (id, slug, name) values ($1, $2, 'Work')", tenant_id, tenant_id.hex
    )
    settings = Settings(env="test", home=home, database_worker_url=DatabaseUrl(worker_url))
    beside = (memory.signals(), JobProvider(), *wiring.outside(settings))

    async def lapse(job_id: JobId) -> None:
        await admin.execute("update jobs set lease_until = now() where id = $1", job_id)

    storage = stack.storage(settings, worker=True)
    async with _bench(tenant_id, lapse, storage, *beside) as bench:
        yield bench


@asynccontextmanager
async def _bench(
    tenant_id: TenantId, lapse: Callable[[JobId], Awaitable[None]], *providers: Provider
) -> AsyncIterator[Bench]:
    script = Script()
    ours = Provider(scope=Scope.APP)
    ours.provide(lambda: script, provides=Script)
    ours.provide(lambda: TABLE, provides=Reactions, override=True)
    ours.provide(Act, scope=Scope.REQUEST)
    container = wiring.make_container(*providers, ours)
    try:
        yield Bench(container, await container.get(Jobs), tenant_id, script, lapse)
    finally:
        await container.close()
