"""The Taskiq broker: a stream of wake-ups.

The ledger in PostgreSQL knows every job and who holds it, so a message here may be lost, doubled
or late, and says no more than that it is time to look. All that have come are one, and are taken
off the stream as they are read: a worker that dies leaves nothing to reclaim.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError
from taskiq import AckableMessage, BrokerMessage, TaskiqMessage
from taskiq_redis import RedisStreamBroker

from skillbridge.adapters.redis.shared import SharedConnection
from skillbridge.application.outages import Outage
from skillbridge.domain.ids import JobId

log = structlog.get_logger()

LOOK = "look"
"""The one task there is: jobs and their use cases live in the ledger, so an old worker that meets a
new job can still put it back there, with the reason."""

SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
WAKE_SECONDS = 0.5
KEPT = 1000
"""Messages on the stream, about: all that nobody has read are one."""


class WakeBroker(RedisStreamBroker):
    """Reads on through an outage, an emptied server and a lost group."""

    def __init__(self, url: str) -> None:
        super().__init__(
            url,
            queue_name="skillbridge:jobs",
            consumer_group_name="workers",
            consumer_id="0",  # what was written before the group existed counts too
            xread_count=1000,
            xread_block=1000,
            maxlen=KEPT,
            socket_timeout=10,
            socket_connect_timeout=2,
        )
        message = TaskiqMessage(task_id=LOOK, task_name=LOOK, labels={}, args=[], kwargs={})
        self.look: BrokerMessage = self.formatter.dumps(message)
        self._shared = SharedConnection(url, patience=WAKE_SECONDS)

    async def startup(self) -> None:
        """Starts without a server too: the group is declared when it is first missed."""
        with suppress(RedisError, OSError):
            await super().startup()

    async def kick(self, message: BrokerMessage) -> None:
        """Raises RedisError and OSError."""
        keep = ("MAXLEN", "~", KEPT)
        await self._shared.ask("XADD", self.queue_name, *keep, "*", "data", message.message)

    async def shutdown(self) -> None:
        self._shared.close()
        await super().shutdown()

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        outage = Outage()
        while True:
            try:
                told = await self._take()
            except (RedisError, OSError) as error:
                if outage.begins():
                    log.warning("wake.unheard", reason=str(error))
                await asyncio.sleep(pause_after(outage.tries))
                await self._mend(error)
                continue
            if tries := outage.ends():
                log.info("wake.heard", tries=tries)
            if told:
                yield AckableMessage(data=self.look.message, ack=_nothing)

    async def _mend(self, error: Exception) -> None:
        """The group goes with an emptied server; declaring one that is there does nothing."""
        if isinstance(error, ResponseError):
            with suppress(RedisError, OSError):
                await self._declare_consumer_group()

    async def _take(self) -> int:
        """How many messages there were, whatever they say."""
        async with Redis(connection_pool=self.connection_pool) as redis:
            found: Any = await redis.xreadgroup(
                self.consumer_group_name,
                self.consumer_name,
                {self.queue_name: ">"},
                block=self.block,
                count=self.count,
                noack=True,
            )
            ids = [entry_id for _, batch in _pairs(found) for entry_id, _ in batch]
            if ids:
                await redis.xdel(self.queue_name, *ids)
        return len(ids)


def pause_after(tries: int) -> float:
    """Seconds after so many failed tries in a row: twice as many each time."""
    return min(SHORTEST_PAUSE * 2.0 ** min(tries - 1, 10), LONGEST_PAUSE)


def _pairs(found: Any) -> list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]:
    """One shape for the answers of both protocol versions of Redis."""
    if not isinstance(found, dict):
        return list(found or ())
    return [(stream, [e for batch in batches for e in batch]) for stream, batches in found.items()]


async def _nothing() -> None:
    """The message was acknowledged when it was read."""


@dataclass(eq=False, slots=True)
class RedisWake:
    """One message for all that a transaction planned: whoever hears it claims what is due.

    Whoever is not told finds it by looking from time to time.
    """

    broker: WakeBroker
    _lost: Outage = field(init=False, default_factory=Outage)

    async def __call__(self, job_ids: Sequence[JobId]) -> None:
        try:
            await self.broker.kick(self.broker.look)
        except Exception as error:  # noqa: BLE001  the ledger keeps the job, whatever went wrong here
            if self._lost.begins():
                log.warning("wake.lost", reason=repr(error), jobs=len(job_ids))
        else:
            if lost := self._lost.ends():
                log.info("wake.told", lost=lost)
