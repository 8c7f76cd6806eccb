"""Copies, counters and messages within one process."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from skillbridge.adapters.listeners import Inbox, Listeners
from skillbridge.domain.errors import TooMany

SECOND = 1_000_000_000
"""In nanoseconds: whole numbers, so that the last of the attempts is not lost to rounding."""


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
    due: dict[str, int] = field(default_factory=dict)

    async def spend(self, name: str, *, limit: int, per: timedelta) -> None:
        now, window = time.monotonic_ns(), per // timedelta(microseconds=1) * 1000
        due = max(self.due.get(name, 0), now) + window // limit
        if due - now > window:
            seconds = (due - now - window) // SECOND + 1
            raise TooMany(f"too many attempts; try again in {seconds} s", retry_after=seconds)
        self.due[name] = due

    async def give_back(self, name: str, *, limit: int, per: timedelta) -> None:
        if name in self.due:
            self.due[name] -= per // timedelta(microseconds=1) * 1000 // limit


@dataclass(frozen=True, slots=True)
class MemoryFanout:
    listeners: Listeners = field(default_factory=Listeners)

    async def publish(self, topic: str, message: bytes) -> None:
        self.listeners.tell(topic, message)

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[Inbox]:
        with self.listeners.listening(topic) as messages:
            yield messages
