"""Who listens in this process, and to what."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HELD = 64
"""Messages that wait for one listener; one who does not keep up loses the oldest."""


class Inbox:
    """What one listener has not read yet, for one task to wait for.

    Thousands are open at once: an `asyncio.Queue` would take three kilobytes, this a tenth.
    """

    __slots__ = ("_held", "_waiter")

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._waiter: asyncio.Future[None] | None = None

    def put(self, message: bytes) -> None:
        if len(self._held) == HELD:
            del self._held[0]
        self._held.append(message)
        self._wake()

    async def next(self, *, within: float) -> bytes | None:
        """The oldest message; None after so many seconds without one."""
        if not self._held:
            loop = asyncio.get_running_loop()
            self._waiter, timer = loop.create_future(), loop.call_later(within, self._wake)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        return self._held.pop(0) if self._held else None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


@dataclass(frozen=True, slots=True)
class Listeners:
    """Each has an inbox of its own, so that a slow one holds nobody up."""

    by_topic: dict[str, set[Inbox]] = field(default_factory=dict)

    def tell(self, topic: str, message: bytes) -> None:
        for inbox in self.by_topic.get(topic, ()):
            inbox.put(message)

    @contextmanager
    def listening(self, topic: str) -> Iterator[Inbox]:
        inbox = Inbox()
        self.by_topic.setdefault(topic, set()).add(inbox)
        try:
            yield inbox
        finally:
            self.by_topic[topic].discard(inbox)
            if not self.by_topic[topic]:
                del self.by_topic[topic]
