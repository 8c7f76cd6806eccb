"""Messages to whoever listens now, over Redis publish and subscribe."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RedisFanout:
    redis: Redis

    async def publish(self, topic: str, message: bytes) -> None:
        try:
            async with asyncio.timeout(0.5):
                await self.redis.publish(f"fanout:{topic}", message)
        except (RedisError, OSError) as error:
            log.warning("fanout.lost", topic=topic, reason=repr(error))

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[AsyncIterator[bytes]]:
        pubsub = self.redis.pubsub(ignore_subscribe_messages=True)
        try:
            await _subscribed(pubsub, topic)
            yield _messages(pubsub, topic)
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]  # untyped in redis-py


async def _subscribed(pubsub: PubSub, topic: str) -> None:
    try:
        await pubsub.subscribe(f"fanout:{topic}")
    except (RedisError, OSError) as error:
        log.warning("fanout.unheard", topic=topic, reason=repr(error))


async def _messages(pubsub: PubSub, topic: str) -> AsyncIterator[bytes]:
    """Listens on through an outage; what was published meanwhile is gone."""
    while True:
        if not pubsub.subscribed:
            await asyncio.sleep(1)
            await _subscribed(pubsub, topic)
            continue
        try:
            message = await pubsub.get_message(timeout=5.0)
        except (RedisError, OSError):
            await asyncio.sleep(1)
            await _subscribed(pubsub, topic)
            continue
        if message is not None:
            yield message["data"]
