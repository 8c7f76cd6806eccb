"""Short-lived copies in Redis; away means empty."""

from dataclasses import dataclass
from datetime import timedelta

from redis.exceptions import RedisError

from skillbridge.adapters.redis.shared import SharedConnection


@dataclass(frozen=True, slots=True)
class RedisCache:
    redis: SharedConnection

    async def get(self, key: str) -> bytes | None:
        try:
            value = await self.redis.ask("GET", f"cache:{key}")
        except (RedisError, OSError):
            return None
        return value if isinstance(value, bytes) else None

    async def put(self, key: str, value: bytes, *, ttl: timedelta) -> None:
        try:
            milliseconds = ttl // timedelta(milliseconds=1)
            await self.redis.ask("SET", f"cache:{key}", value, "PX", milliseconds)
        except (RedisError, OSError):
            return
