"""Counting attempts over all processes, by GCRA: one key, one round trip, no burst at an edge.

Source: the generic cell rate algorithm, ITU-T I.371. The key holds the theoretical arrival time
of the next attempt in milliseconds of the server's clock.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from redis.exceptions import RedisError

from skillbridge.adapters.redis.shared import SharedConnection
from skillbridge.adapters.resilience import Breaker, CircuitOpen
from skillbridge.domain.errors import TooMany

SPEND = """
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local per, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local step = per / limit
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), ms)
if due + step - ms > per then return math.ceil(due + step - ms - per) end
redis.call('SET', KEYS[1], due + step, 'PX', math.ceil(due + step - ms))
return 0
"""
GIVE_BACK = """
local due = tonumber(redis.call('GET', KEYS[1]) or 0)
local now = redis.call('TIME')
local left = due - tonumber(ARGV[1]) / tonumber(ARGV[2]) - now[1] * 1000 - math.floor(now[2] / 1000)
if left <= 0 then redis.call('DEL', KEYS[1]) return 0 end
redis.call('SET', KEYS[1], due - tonumber(ARGV[1]) / tonumber(ARGV[2]), 'PX', math.ceil(left))
return 0
"""
REMEMBERED = 100_000
"""Names counted in this process at most: a flood of new ones must not fill its memory."""


def _breaker() -> Breaker:
    return Breaker("redis limits", failures=3, reset_after=1.0, counts=(RedisError, OSError))


@dataclass(frozen=True, slots=True)
class RedisRateLimit:
    """Counts in this process alone while Redis is away: still a limit, never none."""

    redis: SharedConnection
    local: dict[str, float] = field(init=False, default_factory=dict)
    breaker: Breaker = field(init=False, default_factory=_breaker)
    """A Redis that does not answer is not waited for at each attempt."""

    async def spend(self, name: str, *, limit: int, per: timedelta) -> None:
        per_ms = per.total_seconds() * 1000
        try:
            async with self.breaker:
                wait = int(await self.redis.ask("EVAL", SPEND, 1, f"limit:{name}", per_ms, limit))
        except (RedisError, OSError, CircuitOpen):
            wait = self._spend_here(name, limit, per_ms)
        if wait:
            seconds = max(1, -(-wait // 1000))
            raise TooMany(f"too many attempts; try again in {seconds} s", retry_after=seconds)

    async def give_back(self, name: str, *, limit: int, per: timedelta) -> None:
        per_ms = per.total_seconds() * 1000
        try:
            async with self.breaker:
                await self.redis.ask("EVAL", GIVE_BACK, 1, f"limit:{name}", per_ms, limit)
        except (RedisError, OSError, CircuitOpen):
            if name in self.local:
                self.local[name] -= per_ms / limit

    def _spend_here(self, name: str, limit: int, per_ms: float) -> int:
        now, step = round(time.monotonic() * 1000), per_ms / limit
        due = max(self.local.get(name, 0), now)
        if due - now + step > per_ms:
            return int(due - now + step - per_ms) + 1
        if len(self.local) >= REMEMBERED:
            self.local.clear()
        self.local[name] = due + step
        return 0
