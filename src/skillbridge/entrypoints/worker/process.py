"""The worker as a process: a Taskiq receiver for the wake-ups, and an end when it is told to stop."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import structlog
from dishka import AsyncContainer
from taskiq import AsyncBroker
from taskiq.receiver import Receiver

from skillbridge.entrypoints.worker.app import working
from skillbridge.entrypoints.worker.dispatch import PATIENCE, Dispatcher
from skillbridge.entrypoints.worker.run import ATTEMPTS, LEASE

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
