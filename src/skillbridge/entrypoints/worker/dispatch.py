"""Taking work from the ledger, as much as can be run at once: wake-ups only say when to look."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from skillbridge.application.outages import Outage
from skillbridge.application.ports.jobs import Job, Jobs
from skillbridge.entrypoints.worker.run import JobRunner

log = structlog.get_logger()

EVERY = 0.2
"""Seconds from one look to the next when nothing wakes us: what a lost wake-up costs at most."""
AT_ONCE = 24
"""Jobs. All that is claimed is begun at once: nothing waits here on a lease."""
BATCH = AT_ONCE // 2
"""Places that are worth a claim while there is more to do than runs at once …"""
SOON = 0.005
"""… or so many seconds after the first of them is free."""
ANSWERED = 15.0
"""Seconds that the ledger gets to answer: one answer that never comes must not end all looking."""
PATIENCE = 30.0
"""Seconds that a running job gets to end when the worker is told to stop."""


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Waits for some seconds, or less when it is time to stop."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()


@dataclass(slots=True)
class Dispatcher:
    """Runs what is due: announced, never announced, or left by a worker that died."""

    jobs: Jobs
    run: JobRunner
    patience: float = PATIENCE
    running: set[asyncio.Task[None]] = field(default_factory=set)
    _look: asyncio.Event = field(default_factory=asyncio.Event)
    _outage: Outage = field(init=False, default_factory=Outage)
    _more: bool = False
    """The last claim filled every place: there may be more to do."""

    def look(self) -> None:
        """There may be work: looks at once if there is a place for it."""
        if len(self.running) < AT_ONCE:
            self._look.set()

    async def forever(self, stopping: asyncio.Event, every: float = EVERY) -> None:
        """Looks when told to, and once in `every` seconds, until told to stop; then lets jobs end."""
        telling = asyncio.create_task(self._tell(stopping))
        while not stopping.is_set():
            self._look.clear()
            try:
                async with asyncio.timeout(ANSWERED):
                    await self._start()
            except Exception as error:  # noqa: BLE001  whatever a look meets, the next one is tried
                if self._outage.begins():
                    log.warning("dispatch.failed", reason=repr(error))
            else:
                if tries := self._outage.ends():
                    log.info("dispatch.back", tries=tries)
            await self._rest(every)
        telling.cancel()
        await self._let_end()

    async def _tell(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._look.set()

    async def _rest(self, every: float) -> None:
        """Until it is worth looking again: with more to do as soon as a few places are free."""
        if self._full():
            await self._look.wait()
            self._look.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(SOON if self._more else every):
                await self._look.wait()

    async def _start(self) -> None:
        room = AT_ONCE - len(self.running)
        if room:
            self._more = False  # unless the ledger says so
            claimed = await self.jobs.claim(limit=room, lease=self.run.lease)
            self._more = len(claimed) == room
            for job in claimed:
                self._spawn(job)

    def _full(self) -> bool:
        return len(self.running) >= AT_ONCE

    def _spawn(self, job: Job) -> None:
        task = asyncio.create_task(self.run(job))
        self.running.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("dispatch.job_unsettled", reason=repr(error))
        free = AT_ONCE - len(self.running)
        if self._more and (free == 1 or free >= BATCH):
            self._look.set()

    async def _let_end(self) -> None:
        """What does not end in time is given up: its lease runs out, and another takes it."""
        if self.running:
            _, late = await asyncio.wait(self.running, timeout=self.patience)
            for task in late:
                task.cancel()
