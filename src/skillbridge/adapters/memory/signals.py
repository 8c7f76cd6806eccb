"""Copies, counters and messages within one process."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from skillbridge.adapters.listeners import Inbox, Listeners
from skillbridge.adapters.paces import Paces
from skillbridge.adapters.sightings import LocalSightings
from skillbridge.adapters.strikes import LocalStrikes
from skillbridge.application.ports.rate_limit import Struck, left_or_refused, struck_or_refused
from skillbridge.domain.delay import Delay
from skillbridge.domain.pace import Left, Pace


@dataclass(frozen=True, slots=True)
class MemoryCache:
    values: dict[str, tuple[float, bytes]] = field(default_factory=dict)

    async def get(self, key: str) -> bytes | None:
        until, value = self.values.get(key, (0.0, b""))
        return value if until > time.monotonic() else None

    async def put(self, key: str, value: bytes, *, ttl: timedelta) -> None:
        self.values[key] = (time.monotonic() + ttl.total_seconds(), value)


@dataclass(frozen=True, slots=True)
class MemoryRateLimit:
    """This process is all there are, so it never counts `alone`."""

    paces: Paces = field(default_factory=Paces)
    strikes: LocalStrikes = field(default_factory=LocalStrikes)

    async def spend(
        self, name: str, *, limit: int, per: timedelta, alone: int | None = None
    ) -> Left:
        del alone
        pace = Pace.of(limit, per)
        return left_or_refused(pace, self.paces.move(name, pace))

    async def give_back(
        self, name: str, *, limit: int, per: timedelta, alone: int | None = None
    ) -> Left:
        del alone
        pace = Pace.of(limit, per)
        return pace.left(self.paces.move(name, pace, times=-1))

    async def count(self, name: str, times: int, *, limit: int, per: timedelta) -> int:
        pace = Pace.of(limit, per)
        most = 2 * pace.window
        ahead = self.paces.move(name, pace, times=times, most=most)
        return most if ahead < 0 else ahead

    async def strike(self, name: str, delay: Delay, *, alone: int | None = None) -> Struck:
        del alone
        return struck_or_refused(self.strikes.strike(name, delay))

    async def forgive(
        self, name: str, delay: Delay, struck: Struck, *, alone: int | None = None
    ) -> None:
        del alone
        self.strikes.forgive(name, delay, struck)

    async def forget(self, name: str) -> None:
        self.strikes.forget(name)


@dataclass(frozen=True, slots=True)
class MemorySightings:
    seen: LocalSightings = field(default_factory=LocalSightings)

    async def sight(self, name: str, *, threshold: int, window: timedelta, what: str = "") -> bool:
        return self.seen.sight(name, what, threshold, window)

    async def forget(self, name: str) -> None:
        self.seen.forget(name)


@dataclass(frozen=True, slots=True)
class MemoryFanout:
    listeners: Listeners = field(default_factory=Listeners)

    async def publish(self, topic: str, message: bytes) -> None:
        self.listeners.tell(topic, message)

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[Inbox]:
        with self.listeners.listening(topic) as messages:
            yield messages
