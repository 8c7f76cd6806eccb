"""What a worker does: the work that is due, and what the clock brings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from dishka import AsyncContainer

from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.jobs import Jobs
from skillbridge.application.ports.processes import Part
from skillbridge.application.reactions import SCHEDULE, kinds
from skillbridge.entrypoints.heartbeat import beating
from skillbridge.entrypoints.worker.dispatch import PATIENCE, Dispatcher
from skillbridge.entrypoints.worker.run import ATTEMPTS, LEASE, JobRunner
from skillbridge.entrypoints.worker.schedule import Scheduler
from skillbridge.entrypoints.worker.sealing import Sealing

log = structlog.get_logger()


@asynccontextmanager
async def working(
    container: AsyncContainer,
    stopping: asyncio.Event,
    *,
    lease: timedelta = LEASE,
    attempts: int = ATTEMPTS,
    patience: float = PATIENCE,
) -> AsyncIterator[Dispatcher]:
    """Runs what is due and plans what the clock brings, woken or not; the block ends with it."""
    jobs = await container.get(Jobs)
    run = JobRunner(container, jobs, kinds(), lease=lease, attempts=attempts)
    dispatcher = Dispatcher(jobs, run, patience)
    log.info("worker.ready", kinds=sorted(run.kinds))
    hearing = (await container.get(KnownTenants)).hearing()
    async with beating(container, Part.WORKER), hearing, asyncio.TaskGroup() as group:
        group.create_task(dispatcher.forever(stopping))
        group.create_task(Scheduler(jobs, SCHEDULE).forever(stopping))
        group.create_task(Sealing(container).forever(stopping))
        yield dispatcher
    log.info("worker.stopped")
