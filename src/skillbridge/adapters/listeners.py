"""Who listens in this process, and to what."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HELD = 64
"""Messages that wait for one listener; one who does not keep up loses the oldest."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """Each has a queue of its own, so that a slow one holds nobody up."""

    by_topic: dict[str, set[asyncio.Queue[bytes]]] = field(default_factory=dict)

    def tell(self, topic: str, message: bytes) -> None:
        for queue in self.by_topic.get(topic, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(message)

    @contextmanager
    def listening(self, topic: str) -> Iterator[AsyncIterator[bytes]]:
        queue: asyncio.Queue[bytes] = asyncio.Queue(HELD)
        self.by_topic.setdefault(topic, set()).add(queue)
        try:
            yield _messages(queue)
        finally:
            self.by_topic[topic].discard(queue)
            if not self.by_topic[topic]:
                del self.by_topic[topic]


async def _messages(queue: asyncio.Queue[bytes]) -> AsyncIterator[bytes]:
    while True:
        yield await queue.get()
