"""`skillbridge worker`: what follows from events, and what the clock brings."""

from datetime import timedelta

import uvloop

from skillbridge import settings as environment
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.cli.asking import opened
from skillbridge.entrypoints.wiring import stack
from skillbridge.entrypoints.worker.process import stop_on_signals, work


def worker() -> None:
    """Work until told to stop; running jobs come to their end."""
    uvloop.run(_work())


async def _work() -> None:
    settings = environment.load(program="worker")
    wiring.configure_logs(settings)
    stopping = stop_on_signals()
    async with opened(settings) as container:
        broker, task = await stack.wake_ups(container)
        lease = timedelta(seconds=settings.job_lease_seconds)
        await work(container, broker, task, stopping, lease=lease, attempts=settings.job_attempts)
