"""Finding the work that nobody was told of: the ledger is the truth, the stream a courtesy."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from skillbridge.application.ports import Jobs
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.domain.ids import JobId
from skillbridge.entrypoints.worker.run import JobRunner

log = structlog.get_logger()

EVERY = 1.0
BATCH = 64
AT_ONCE = 8
PATIENCE = 30.0
"""Seconds that a running job gets to end when the worker is told to stop."""


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Waits for some seconds, or less when it is time to stop."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()


@dataclass(slots=True)
class Sweeper:
    """Runs what is due: never announced, announced and lost, or left by a worker that died."""

    jobs: Jobs
    run: JobRunner
    patience: float = PATIENCE
    running: dict[JobId, asyncio.Task[bool]] = field(default_factory=dict)

    async def once(self) -> int:
        """Takes every job that is due now and waits for all of them; returns how many it ran."""
        taken = 0
        while due := await self.jobs.due(limit=BATCH):
            ran = [await self.run(job_id) for job_id in due]
            taken += sum(ran)
            if not any(ran):
                break
        return taken

    async def forever(self, stopping: asyncio.Event, every: float = EVERY) -> None:
        """Looks once in `every` seconds until told to stop, then lets what it runs end.

        While there is more to do than it runs at once, it looks again as soon as a job is done.
        """
        while not stopping.is_set():
            more = False
            try:
                more = await self._start()
            except SkillBridgeError as error:
                log.warning("sweep.failed", reason=str(error))
            if not more or not await self._made_room(every):
                await pause(stopping, every)
        await self._let_end()

    async def _start(self) -> bool:
        """True when it has its hands full: there may be more."""
        if len(self.running) >= AT_ONCE:
            return True
        due = await self.jobs.due(limit=2 * AT_ONCE)  # of which it may be claiming half
        room = AT_ONCE - len(self.running)
        new = [job_id for job_id in due if job_id not in self.running]
        for job_id in new[:room]:
            self._spawn(job_id)
        return len(new) >= room

    async def _made_room(self, within: float) -> bool:
        """True when jobs were done; others may have taken some, but not all of them."""
        ended, _ = await asyncio.wait(
            self.running.values(), timeout=within, return_when=asyncio.FIRST_COMPLETED
        )
        return any(map(_took, ended))

    async def _let_end(self) -> None:
        """What does not end in time is given up: its lease runs out, and another takes it."""
        if self.running:
            _, late = await asyncio.wait(self.running.values(), timeout=self.patience)
            for task in late:
                task.cancel()

    def _spawn(self, job_id: JobId) -> None:
        task = self.running[job_id] = asyncio.create_task(self.run(job_id))
        task.add_done_callback(lambda _: self.running.pop(job_id))
        task.add_done_callback(_told)


def _took(task: asyncio.Task[bool]) -> bool:
    return not task.cancelled() and task.exception() is None and task.result()


def _told(task: asyncio.Task[bool]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.warning("sweep.job_unsettled", reason=repr(error))
