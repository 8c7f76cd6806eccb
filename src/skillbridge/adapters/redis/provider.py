"""Plug Redis into the ports."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide
from redis.asyncio import BlockingConnectionPool, Redis

from skillbridge.adapters.redis.cache import RedisCache
from skillbridge.adapters.redis.fanout import RedisFanout
from skillbridge.adapters.redis.rate_limit import RedisRateLimit
from skillbridge.adapters.redis.streams import RedisWake, WakeBroker
from skillbridge.application.ports import Cache, Fanout, RateLimit, Wake

CONNECTIONS = 32
"""For limits, copies and messages of one process; who finds none free asks as if Redis were away."""
WAIT = 0.25
"""Seconds for a free one."""


class RedisProvider(Provider):
    scope = Scope.APP

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    @provide
    async def redis(self) -> AsyncIterator[Redis]:
        """Short questions only: what waits for long has a connection of its own."""
        pool = BlockingConnectionPool.from_url(
            self._url,
            max_connections=CONNECTIONS,
            timeout=WAIT,
            socket_timeout=2,
            socket_connect_timeout=2,
        )
        redis = Redis.from_pool(pool)
        yield redis
        await redis.aclose()

    @provide
    async def fanout(self, redis: Redis) -> AsyncIterator[Fanout]:
        async with Redis.from_url(self._url, socket_timeout=2, socket_connect_timeout=2) as ear:
            fanout = RedisFanout(redis, ear)
            yield fanout
            await fanout.close()

    @provide
    async def broker(self) -> AsyncIterator[WakeBroker]:
        broker = WakeBroker(self._url)
        await broker.startup()
        yield broker
        await broker.shutdown()

    wake = provide(RedisWake, provides=Wake)
    cache = provide(RedisCache, provides=Cache)
    rate_limit = provide(RedisRateLimit, provides=RateLimit)


async def redis_version(redis: Redis) -> str:
    """What serves us, in words for an operator; raises RedisError when nothing does."""
    info = await redis.info("server")
    name = "Valkey" if "valkey_version" in info else "Redis"
    return f"{name} {info.get('valkey_version', info['redis_version'])}"
