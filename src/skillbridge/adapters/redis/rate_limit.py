"""Counting attempts over all processes, as `domain/pace.py` has it: one key, one round trip.

The key holds when everything will have come back, in microseconds of the server's clock.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from redis.exceptions import RedisError

from skillbridge.adapters.paces import Paces
from skillbridge.adapters.redis import strikes
from skillbridge.adapters.redis.shared import SharedConnection
from skillbridge.adapters.resilience import Breaker, CircuitOpen
from skillbridge.adapters.strikes import LocalStrikes
from skillbridge.application.ports.rate_limit import Struck, left_or_refused, struck_or_refused
from skillbridge.domain.delay import Delay
from skillbridge.domain.pace import Left, Pace

MOVE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local ahead = due - now + ARGV[1]
if ahead > tonumber(ARGV[2]) then return ARGV[2] - ahead end
if ahead <= 0 then redis.call('DEL', KEYS[1]) return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', now + ahead), 'PX', math.ceil(ahead / 1000))
return ahead
"""
"""What `Pace.ahead` says, at once for all processes."""


def _breaker() -> Breaker:
    return Breaker("redis limits", failures=3, reset_after=1.0, counts=(RedisError, OSError))


@dataclass(frozen=True, slots=True)
class RedisRateLimit:
    """Counts in this process alone while Redis is away: still a limit, never none."""

    redis: SharedConnection
    here: Paces = field(init=False, default_factory=Paces)
    struck_here: LocalStrikes = field(init=False, default_factory=LocalStrikes)
    breaker: Breaker = field(init=False, default_factory=_breaker)
    """A Redis that does not answer is not waited for at each attempt."""

    async def spend(
        self, name: str, *, limit: int, per: timedelta, alone: int | None = None
    ) -> Left:
        pace = Pace.of(limit, per)
        ahead = await self._move(name, pace, pace.window)
        if ahead is None:
            pace = Pace.of(limit if alone is None else alone, per)
            ahead = self.here.move(name, pace)
        return left_or_refused(pace, ahead)

    async def give_back(
        self, name: str, *, limit: int, per: timedelta, alone: int | None = None
    ) -> Left:
        pace = Pace.of(limit, per)
        ahead = await self._move(name, pace, pace.window, times=-1)
        if ahead is None:
            pace = Pace.of(limit if alone is None else alone, per)
            ahead = self.here.move(name, pace, times=-1)
        return pace.left(ahead)

    async def count(self, name: str, times: int, *, limit: int, per: timedelta) -> int:
        pace = Pace.of(limit, per)
        most = 2 * pace.window
        ahead = await self._move(name, pace, most, times=times)
        if ahead is None:
            ahead = self.here.move(name, pace, times=times, most=most)
        return most if ahead < 0 else ahead

    async def strike(self, name: str, delay: Delay, *, alone: int | None = None) -> Struck:
        try:
            async with self.breaker:
                found = await strikes.strike(self.redis, name, delay)
        except (RedisError, OSError, CircuitOpen):
            found = self.struck_here.strike(name, _alone(delay, alone))
        return struck_or_refused(found)

    async def forgive(
        self, name: str, delay: Delay, struck: Struck, *, alone: int | None = None
    ) -> None:
        try:
            async with self.breaker:
                await strikes.forgive(self.redis, name, delay, struck)
        except (RedisError, OSError, CircuitOpen):
            self.struck_here.forgive(name, _alone(delay, alone), struck)

    async def forget(self, name: str) -> None:
        self.struck_here.forget(name)
        with suppress(RedisError, OSError, CircuitOpen):
            async with self.breaker:
                await strikes.forget(self.redis, name)

    async def _move(self, name: str, pace: Pace, most: int, *, times: int = 1) -> int | None:
        """None while Redis is away, full or slow."""
        step = pace.step * times
        try:
            async with self.breaker:
                return int(await self.redis.ask("EVAL", MOVE, 1, f"limit:us:{name}", step, most))
        except (RedisError, OSError, CircuitOpen):
            return None


def _alone(delay: Delay, free: int | None) -> Delay:
    return delay if free is None else replace(delay, free=free)
