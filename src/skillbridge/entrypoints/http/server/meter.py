"""How often something may be asked that is too cheap to ask Redis each time.

Each process counts by itself and tells the others in batches, while nobody waits. So each process lets
in no more than the quota, and all together no more than the quota and what was not told yet: a batch for
each, and what comes while that is told. While Redis is away, each has the whole quota.
"""

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from skillbridge.application.ports.rate_limit import RateLimit, left_or_refused
from skillbridge.domain.pace import Left, Pace
from skillbridge.entrypoints.http.server.quotas import OF_TENANT, Quota

LARGEST_BATCH = 100
SHARE = 20
"""A batch is a twentieth of the quota, and no more than the largest."""
REMEMBERED = 100_000
"""Names counted at most: then those who have everything back are forgotten, or all."""


def microseconds() -> int:
    return time.monotonic_ns() // 1000


@dataclass(eq=False, slots=True)
class _Count:
    due: int = 0
    """When everything will have come back, as far as is known here."""
    untold: int = 0
    telling: asyncio.Task[None] | None = None


@dataclass(eq=False, slots=True)
class Meter:
    """`factor`: so many times each quota."""

    limit: RateLimit
    factor: int = 1
    now: Callable[[], int] = microseconds
    _counts: dict[Hashable, _Count] = field(init=False, default_factory=dict)
    _paces: dict[str, Pace] = field(init=False, default_factory=dict)
    _policies: dict[str, bytes] = field(init=False, default_factory=dict)

    def take(self, quota: Quota, whose: Hashable) -> Left:
        """Takes one, and tells what is left. Raises TooMany with the seconds to wait."""
        key = (quota.name, whose)
        count = self._counts.get(key) or self._begin(key)
        pace = self._paces.get(quota.name) or self._learn(quota)
        now = self.now()
        ahead = pace.ahead(count.due, now)
        if ahead > 0:
            count.due = now + ahead
            count.untold += 1
            if count.untold >= _batch(pace) and count.telling is None:
                count.telling = asyncio.create_task(self._tell(quota, whose, count))
        return left_or_refused(pace, ahead)

    def policy(self, quota: Quota, *, exact: bool = False, of_tenant: bool = False) -> bytes:
        """`RateLimit-Policy` of what is counted by `quota`: exactly, or here."""
        made = self._policies.get(quota.name)
        if made is None:
            told = [quota.policy(1 if exact else self.factor)]
            told += [OF_TENANT.policy(self.factor)] if of_tenant else []
            made = self._policies[quota.name] = ", ".join(told).encode()
        return made

    async def _tell(self, quota: Quota, whose: Hashable, count: _Count) -> None:
        """What others let in meanwhile counts here from now on."""
        pace, told = self._paces[quota.name], count.untold
        name = f"{quota.name}:{whose}"
        try:
            ahead = await self.limit.count(name, told, limit=pace.limit, per=quota.per)
        finally:
            count.telling = None
        count.untold -= told
        count.due = max(count.due, self.now() + ahead + count.untold * pace.step)

    def _learn(self, quota: Quota) -> Pace:
        pace = self._paces[quota.name] = Pace.of(quota.times * self.factor, quota.per)
        return pace

    def _begin(self, key: Hashable) -> _Count:
        if len(self._counts) >= REMEMBERED:
            now = self.now()
            self._counts = {name: one for name, one in self._counts.items() if one.due > now}
            if len(self._counts) >= REMEMBERED:
                self._counts.clear()
        count = self._counts[key] = _Count()
        return count


def _batch(pace: Pace) -> int:
    return max(1, min(pace.limit // SHARE, LARGEST_BATCH))
