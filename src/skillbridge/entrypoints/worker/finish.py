"""Marking jobs done that wrote nothing, as many as there are in one statement."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from skillbridge.application.ports.jobs import Job, Jobs

WITHIN = 15.0
"""Seconds for the ledger to answer; those who wait behind are not held up for ever."""

Waiting = Sequence[tuple[Job, asyncio.Future[None]]]


@dataclass(slots=True)
class Finisher:
    """What comes while a statement is on its way goes with the next one."""

    jobs: Jobs
    _waiting: list[tuple[Job, asyncio.Future[None]]] = field(default_factory=list)
    _writing: asyncio.Task[None] | None = None

    async def __call__(self, job: Job) -> None:
        """Returns when it is written; raises what the ledger raises."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await written

    async def _write(self) -> None:
        while self._waiting:
            now, self._waiting = self._waiting, []
            try:
                async with asyncio.timeout(WITHIN):
                    await self.jobs.finish([job for job, _ in now])
            except Exception as error:  # noqa: BLE001  each who waits for it hears of it
                _tell(now, error)
            else:
                _tell(now, None)
        self._writing = None


def _tell(waiting: Waiting, error: Exception | None) -> None:
    for _, written in waiting:
        if written.done():  # its job was cancelled meanwhile
            continue
        if error is None:
            written.set_result(None)
        else:
            written.set_exception(error)
