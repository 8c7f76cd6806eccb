"""Messages to whoever listens now, over Redis publish and subscribe."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from skillbridge.adapters.listeners import Inbox, Listeners
from skillbridge.adapters.redis.shared import SharedConnection
from skillbridge.application.outages import Outage

log = structlog.get_logger()

PREFIX = "fanout:"
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
QUIET = 5.0
"""Seconds of silence after which the server is asked whether it is there; as many more, and the
connection is taken for dead: one that a firewall dropped says nothing."""
PATIENCE = 0.5
"""Seconds that somebody who begins to listen waits for the server."""


@dataclass(eq=False, slots=True)
class RedisFanout:
    """One subscription a process, to everything: how many listen here costs Redis nothing.

    It begins with the first listener and lasts until `close`, through outages of any length;
    what was published meanwhile is gone.
    """

    redis: SharedConnection
    ear: Redis
    """A connection of its own, which waits for messages most of the time."""
    listeners: Listeners = field(default_factory=Listeners)
    _hears: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = field(init=False, default=None)
    _unheard: Outage = field(init=False, default_factory=Outage)
    _lost: Outage = field(init=False, default_factory=Outage)

    async def publish(self, topic: str, message: bytes) -> None:
        try:
            await self.redis.ask("PUBLISH", f"{PREFIX}{topic}", message)
        except (RedisError, OSError) as error:
            if self._lost.begins():
                log.warning("fanout.lost", topic=topic, reason=repr(error))
        else:
            if lost := self._lost.ends():
                log.info("fanout.published", lost=lost)

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[Inbox]:
        with self.listeners.listening(topic) as messages:
            self._task = self._task or asyncio.create_task(self._listen())
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._hears.wait()
            yield messages

    async def close(self) -> None:
        """Told more than once: redis-py takes being cancelled while it connects for a server that is away."""
        while self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=LONGEST_PAUSE)

    async def _listen(self) -> None:
        pause = SHORTEST_PAUSE
        while True:
            try:
                await self._hear()
            except Exception as error:  # noqa: BLE001  whatever it was, listeners go on to be told
                if self._unheard.begins():
                    log.warning("fanout.unheard", reason=repr(error))
            pause = SHORTEST_PAUSE if self._hears.is_set() else min(pause * 2, LONGEST_PAUSE)
            self._hears.clear()
            await asyncio.sleep(pause)

    async def _hear(self) -> None:
        """Until the connection fails."""
        async with self.ear.pubsub() as pubsub:
            await pubsub.psubscribe(f"{PREFIX}*")
            while True:
                message = await _next(pubsub)
                if message["type"] == "psubscribe":
                    self._hears.set()
                    if tries := self._unheard.ends():
                        log.info("fanout.heard", tries=tries)
                elif message["type"] == "pmessage":
                    topic = message["channel"].decode(errors="replace").removeprefix(PREFIX)
                    self.listeners.tell(topic, message["data"])


async def _next(pubsub: PubSub) -> dict[str, Any]:
    """Raises TimeoutError when not even a question is answered."""
    for _ in range(2):
        message: dict[str, Any] | None = await pubsub.get_message(timeout=QUIET)
        if message:
            return message
        await pubsub.ping()
    raise TimeoutError("the subscription is silent")
