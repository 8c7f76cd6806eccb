"""The Taskiq broker: a stream of wake-ups.

The ledger in PostgreSQL knows every job and who holds it, so a message here may be lost, doubled
or late. Each is taken off the stream as soon as it is read: a worker that dies leaves nothing
to reclaim, the sweeper finds its job by the lease.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError
from taskiq import AckableMessage
from taskiq.kicker import AsyncKicker
from taskiq_redis import RedisStreamBroker

from skillbridge.domain.ids import JobId

log = structlog.get_logger()

RUN_JOB = "run_job"
"""The one task there is: names of use cases live in the ledger, so an old worker that meets a new
job can still put it back there, with the reason."""

SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
WAKE_SECONDS = 0.5


class WakeBroker(RedisStreamBroker):
    """Reads on through an outage, an emptied server and a lost group."""

    def __init__(self, url: str) -> None:
        super().__init__(
            url,
            queue_name="skillbridge:jobs",
            consumer_group_name="workers",
            consumer_id="0",  # what was written before the group existed counts too
            xread_count=16,
            xread_block=1000,
            maxlen=100_000,
            socket_timeout=10,
            socket_connect_timeout=2,
        )

    async def startup(self) -> None:
        """Starts without a server too: the group is declared when it is first missed."""
        with suppress(RedisError, OSError):
            await super().startup()

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        pause = SHORTEST_PAUSE
        while True:
            try:
                messages = await self._take()
            except (RedisError, OSError) as error:
                log.warning("stream.unread", reason=str(error), retry_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                await self._mend(error)
                continue
            pause = SHORTEST_PAUSE
            for message in messages:
                yield AckableMessage(data=message, ack=_nothing)

    async def _mend(self, error: Exception) -> None:
        """The group goes with an emptied server; declaring one that is there does nothing."""
        if isinstance(error, ResponseError):
            with suppress(RedisError, OSError):
                await self._declare_consumer_group()

    async def _take(self) -> list[bytes]:
        async with Redis(connection_pool=self.connection_pool) as redis:
            found: Any = await redis.xreadgroup(
                self.consumer_group_name,
                self.consumer_name,
                {self.queue_name: ">"},
                block=self.block,
                count=self.count,
            )
            entries = [entry for _, batch in _pairs(found) for entry in batch]
            if entries:
                ids = [entry_id for entry_id, _ in entries]
                await redis.xack(self.queue_name, self.consumer_group_name, *ids)
                await redis.xdel(self.queue_name, *ids)
        return [fields[b"data"] for _, fields in entries if b"data" in fields]


def _pairs(found: Any) -> list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]:
    """One shape for the answers of both protocol versions of Redis."""
    if not isinstance(found, dict):
        return list(found or ())
    return [(stream, [e for batch in batches for e in batch]) for stream, batches in found.items()]


async def _nothing() -> None:
    """The message was acknowledged when it was read."""


@dataclass(frozen=True, slots=True)
class RedisWake:
    """Tells the workers at once; whoever is not told finds the job by sweeping."""

    broker: WakeBroker

    async def __call__(self, job_ids: Sequence[JobId]) -> None:
        kicker: AsyncKicker[[str], None] = AsyncKicker(RUN_JOB, self.broker, {})
        try:
            async with asyncio.timeout(WAKE_SECONDS):
                for job_id in job_ids:
                    await kicker.kiq(str(job_id))
        except Exception as error:  # noqa: BLE001  the ledger keeps the job, whatever went wrong here
            log.warning("wake.lost", reason=repr(error), jobs=len(job_ids))
