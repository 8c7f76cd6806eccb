"""Sightings over all processes: one key, one script, one round trip.

The key holds a set of marks, never more than the threshold, and goes by itself when its window ends.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from redis.exceptions import RedisError

from skillbridge.adapters.redis.shared import SharedConnection
from skillbridge.adapters.resilience import Breaker, CircuitOpen
from skillbridge.adapters.sightings import LocalSightings

SIGHT = """
local threshold, seen = tonumber(ARGV[1]), redis.call('SCARD', KEYS[1])
if seen >= threshold then return 0 end
local mark = ARGV[3]
if mark == '' then mark = tostring(seen) end
if redis.call('SADD', KEYS[1], mark) == 0 then return 0 end
if seen == 0 or seen + 1 == threshold then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if seen + 1 == threshold then return 1 end
return 0
"""
"""One who makes the threshold is told so, whichever process asks, since the set is full from then on."""


def _breaker() -> Breaker:
    return Breaker("redis sightings", failures=3, reset_after=1.0, counts=(RedisError, OSError))


@dataclass(frozen=True, slots=True)
class RedisSightings:
    """Counts in this process alone while Redis is away: a signal may then come from each."""

    redis: SharedConnection
    here: LocalSightings = field(init=False, default_factory=LocalSightings)
    breaker: Breaker = field(init=False, default_factory=_breaker)

    async def sight(self, name: str, *, threshold: int, window: timedelta, what: str = "") -> bool:
        milliseconds = window // timedelta(milliseconds=1)
        told = threshold, milliseconds, _mark(what)
        try:
            async with self.breaker:
                return bool(await self.redis.ask("EVAL", SIGHT, 1, _key(name), *told))
        except (RedisError, OSError, CircuitOpen):
            return self.here.sight(name, _mark(what), threshold, window)

    async def forget(self, name: str) -> None:
        self.here.forget(name)
        try:
            async with self.breaker:
                await self.redis.ask("DEL", _key(name))
        except (RedisError, OSError, CircuitOpen):
            return


def _key(name: str) -> str:
    """Names neither account nor network."""
    return f"sightings:{sha256(name.encode()).hexdigest()[:32]}"


def _mark(what: str) -> str:
    """As short, however long what was seen is; a number would be one that counts by itself."""
    return f"m{sha256(what.encode()).hexdigest()[:15]}" if what else ""
