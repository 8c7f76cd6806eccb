"""The worker: a Taskiq receiver for the wake-ups, a dispatcher for the work, and the clock."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from dishka import AsyncContainer
from taskiq import AsyncBroker
from taskiq.receiver import Receiver

from skillbridge.application.ports import Jobs, Part
from skillbridge.application.reactions import SCHEDULE, kinds
from skillbridge.entrypoints.heartbeat import beating
from skillbridge.entrypoints.worker.dispatch import PATIENCE, Dispatcher
from skillbridge.entrypoints.worker.run import ATTEMPTS, LEASE, JobRunner
from skillbridge.entrypoints.worker.schedule import Scheduler

log = structlog.get_logger()


async def work(
    container: AsyncContainer,
    broker: AsyncBroker,
    task: str,
    stopping: asyncio.Event,
    *,
    lease: timedelta = LEASE,
    attempts: int = ATTEMPTS,
    patience: float = PATIENCE,
) -> None:
    """Works until `stopping` is set, then lets what runs end within `patience` seconds."""
    with ThreadPoolExecutor(max_workers=1) as executor:
        async with working(
            container, stopping, lease=lease, attempts=attempts, patience=patience
        ) as dispatcher:
            broker.is_worker_process = True
            broker.register_task(_woken(dispatcher), task)
            receiver = Receiver(
                broker,
                executor=executor,
                run_startup=False,
                wait_tasks_timeout=patience,
            )
            await receiver.listen(stopping)


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
    async with beating(container, Part.WORKER), asyncio.TaskGroup() as group:
        group.create_task(dispatcher.forever(stopping))
        group.create_task(Scheduler(jobs, SCHEDULE).forever(stopping))
        yield dispatcher
    log.info("worker.stopped")


def stop_on_signals() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop() -> None:
        log.info("worker.stopping")
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    return stopping


def _woken(dispatcher: Dispatcher) -> Callable[[], Awaitable[None]]:
    async def look() -> None:
        dispatcher.look()

    return look
