"""Short-lived copies in Redis; away means empty."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from redis.asyncio import Redis
from redis.exceptions import RedisError

PATIENCE = 0.1
"""Seconds after which asking the source is better than waiting for a copy."""


@dataclass(frozen=True, slots=True)
class RedisCache:
    redis: Redis

    async def get(self, key: str) -> bytes | None:
        try:
            async with asyncio.timeout(PATIENCE):
                value = await self.redis.get(f"cache:{key}")
        except (RedisError, OSError):
            return None
        return value if isinstance(value, bytes) else None

    async def put(self, key: str, value: bytes, *, ttl: timedelta) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self.redis.set(f"cache:{key}", value, px=ttl)
        except (RedisError, OSError):
            return
