"""Work by the clock: each slot of time is a row, so two schedulers make one job."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from skillbridge.application.outages import Outage
from skillbridge.application.ports.jobs import Jobs
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints.worker.dispatch import pause

log = structlog.get_logger()

EVERY = 1.0
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def slot(at: datetime, every: timedelta) -> str:
    """The beginning of the slot that `at` falls into."""
    return (EPOCH + (at - EPOCH) // every * every).isoformat()


@dataclass(slots=True)
class Scheduler:
    """Plans the present slot of each kind.

    The ledger's clock says which that is: a worker whose own is wrong would do now what is for later,
    and leave nothing for then. A slot missed while everything was down is not made up: the present
    one does its work.
    """

    jobs: Jobs
    schedule: Mapping[type[Any], timedelta]
    planned: dict[str, str] = field(default_factory=dict)

    async def once(self) -> int:
        """Returns how many jobs are new."""
        new, at = 0, await self.jobs.now()
        for kind, every in self.schedule.items():
            name, now = kind.__name__, slot(at, every)
            if self.planned.get(name) != now:
                new += await self.jobs.plan(name, now)
                self.planned[name] = now
        return new

    async def forever(self, stopping: asyncio.Event, every: float = EVERY) -> None:
        outage = Outage()
        while not stopping.is_set():
            try:
                await self.once()
            except SkillBridgeError as error:
                if outage.begins():
                    log.warning("schedule.failed", reason=str(error))
            else:
                if tries := outage.ends():
                    log.info("schedule.back", tries=tries)
            await pause(stopping, every)
