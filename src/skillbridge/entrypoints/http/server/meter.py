"""How often something may be asked that is too cheap to ask Redis each time.

Each process counts by itself and tells the others in batches, while nobody waits. So each process lets
in no more than the quota, and all together no more than the quota and what was not told yet: a batch for
each, and what comes while that is told. While Redis is away, each has the whole quota.
"""

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from skillbridge.application.ports.rate_limit import RateLimit, left_or_refused
from skillbridge.domain.pace import Pace
from skillbridge.entrypoints.http.server.quotas import OF_TENANT, Quota

LARGEST_BATCH = 100
SHARE = 20
"""A batch is a twentieth of the quota, and no more than the largest."""
REMEMBERED = 100_000
"""Names counted at most: then those who have everything back are forgotten, or all."""


@dataclass(eq=False, slots=True)
class _Count:
    due: int = 0
    """When everything will have come back, as far as is known here."""
    untold: int = 0
    telling: asyncio.Task[None] | None = None


class Meter:
    """`factor`: so many times each quota; `now`: in microseconds."""

    def __init__(
        self, limit: RateLimit, factor: int = 1, now: Callable[[], int] | None = None
    ) -> None:
        self.factor = factor
        self._limit, self._now = limit, now or (lambda: time.monotonic_ns() // 1000)
        self._counts: dict[Hashable, _Count] = {}
        self._paces: dict[str, tuple[Pace, int]] = {}
        self._policies: dict[str, bytes] = {}

    def take(self, quota: Quota, whose: Hashable) -> int:
        """Takes one; how far ahead that is. Raises TooMany with the seconds to wait.

        Written out, for each read pays for it: what it computes is `Pace.ahead`.
        """
        key = (quota.name, whose)
        count = self._counts.get(key) or self._begin(key)
        pace, batch = self._paces.get(quota.name) or self._learn(quota)
        now, due = self._now(), count.due
        ahead = (due - now if due > now else 0) + pace.step
        if ahead > pace.window:
            left_or_refused(pace, pace.window - ahead)
        count.due = now + ahead
        count.untold += 1
        if count.untold >= batch and count.telling is None:
            count.telling = asyncio.create_task(self._tell(quota, whose, count))
        return ahead

    def pace(self, quota: Quota) -> Pace:
        return (self._paces.get(quota.name) or self._learn(quota))[0]

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
        pace, told = self.pace(quota), count.untold
        name = f"{quota.name}:{whose}"
        try:
            ahead = await self._limit.count(name, told, limit=pace.limit, per=quota.per)
        finally:
            count.telling = None
        count.untold -= told
        count.due = max(count.due, self._now() + ahead + count.untold * pace.step)

    def _learn(self, quota: Quota) -> tuple[Pace, int]:
        pace = Pace.of(quota.times * self.factor, quota.per)
        batch = max(1, min(pace.limit // SHARE, LARGEST_BATCH))
        self._paces[quota.name] = pace, batch
        return pace, batch

    def _begin(self, key: Hashable) -> _Count:
        if len(self._counts) >= REMEMBERED:
            now = self._now()
            self._counts = {name: one for name, one in self._counts.items() if one.due > now}
            if len(self._counts) >= REMEMBERED:
                self._counts.clear()
        count = self._counts[key] = _Count()
        return count
