"""A process that runs says so every few seconds: whoever asks who is there need not ask it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from uuid import uuid4

import structlog
from dishka import AsyncContainer

from skillbridge.application.outages import Outage
from skillbridge.application.ports.processes import BEAT, Part, Process, Processes
from skillbridge.domain.errors import SkillBridgeError

log = structlog.get_logger()


@asynccontextmanager
async def beating(
    container: AsyncContainer, part: Part, *, every: float = BEAT.total_seconds()
) -> AsyncIterator[None]:
    """For the length of the block; a ledger that is away is told when it is back."""
    process = Process(id=uuid4(), part=part, version=version("skillbridge"))
    beat = asyncio.create_task(_beat(container, process, every))
    try:
        yield
    finally:
        beat.cancel()
        await asyncio.wait({beat})
        with suppress(SkillBridgeError, TimeoutError):
            async with asyncio.timeout(every):
                await (await container.get(Processes)).leave(process)


async def _beat(container: AsyncContainer, process: Process, every: float) -> None:
    outage = Outage()
    while True:
        try:
            await (await container.get(Processes)).beat(process)
        except Exception as error:  # noqa: BLE001  whatever it was, the next beat is tried
            if outage.begins():
                log.warning("heartbeat.failed", error=type(error).__name__, reason=str(error))
        else:
            if tries := outage.ends():
                log.info("heartbeat.back", tries=tries)
        await asyncio.sleep(every)
