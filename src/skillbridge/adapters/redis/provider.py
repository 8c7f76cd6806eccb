"""Plug Redis into the ports."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide
from redis.asyncio import Redis

from skillbridge.adapters.binding import Binding, Bindings, bind
from skillbridge.adapters.redis.cache import RedisCache
from skillbridge.adapters.redis.fanout import RedisFanout
from skillbridge.adapters.redis.rate_limit import RedisRateLimit
from skillbridge.adapters.redis.shared import SharedConnection
from skillbridge.adapters.redis.sightings import RedisSightings
from skillbridge.adapters.redis.streams import RedisWake, WakeBroker
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.jobs import Wake
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.sightings import Sightings

BINDINGS: Bindings = (
    Binding[Wake](RedisWake, singleton=True),
    Binding[Cache](RedisCache, singleton=True),
    Binding[RateLimit](RedisRateLimit, singleton=True),
    Binding[Sightings](RedisSightings, singleton=True),
)


class RedisProvider(Provider):
    scope = Scope.APP

    def __init__(self, url: str) -> None:
        super().__init__()
        bind(self, BINDINGS)
        self._url = url

    @provide
    async def redis(self) -> AsyncIterator[Redis]:
        """For whoever asks how the server is."""
        async with _client(self._url) as redis:
            yield redis

    @provide
    async def shared(self) -> AsyncIterator[SharedConnection]:
        """For limits, copies and messages; what waits for long has a connection of its own."""
        shared = SharedConnection(self._url)
        yield shared
        shared.close()

    @provide
    async def fanout(self, shared: SharedConnection) -> AsyncIterator[Fanout]:
        async with _client(self._url) as ear:
            fanout = RedisFanout(shared, ear)
            yield fanout
            await fanout.close()

    @provide
    async def broker(self) -> AsyncIterator[WakeBroker]:
        broker = WakeBroker(self._url)
        await broker.startup()
        yield broker
        await broker.shutdown()


def _client(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)


async def redis_version(redis: Redis) -> str:
    """What serves us, in words for an operator; raises RedisError when nothing does."""
    info = await redis.info("server")
    name = "Valkey" if "valkey_version" in info else "Redis"
    return f"{name} {info.get('valkey_version', info['redis_version'])}"
