"""What long work says of itself while it goes on: heard by whoever listens, kept for minutes."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from random import uniform
from typing import Any, Generic, TypeVar

from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.fanout import Fanout
from skillbridge.domain.errors import Unavailable

View = TypeVar("View")

KEPT = timedelta(minutes=10)
PATIENCE = 5.0
"""Seconds of silence after which the database is asked; each time up to half as many more, so that
thousands who began together do not ask together."""


@dataclass(frozen=True, slots=True)
class ProgressChannel(Generic[View]):
    """The channel of one piece of work. What is told may be lost; `now` has the last word."""

    topic: str
    fanout: Fanout
    cache: Cache
    read: Callable[[Mapping[str, Any]], View]
    """Of what JSON kept of the fields."""

    async def tell(self, view: View) -> None:
        """To whoever listens, and to whoever asks in the next minutes."""
        message = self.write(view)
        await self.cache.put(self.topic, message, ttl=KEPT)
        await self.fanout.publish(self.topic, message)

    async def told(self) -> View | None:
        """What was told last, if it is kept still."""
        message = await self.cache.get(self.topic)
        return self._read(message) if message else None

    async def follow(
        self,
        now: Callable[[], Awaitable[View]],
        *,
        goes_on: Callable[[View], bool],
        how_far: Callable[[View], tuple[int, int]],
    ) -> AsyncGenerator[View | None, None]:
        """Where it stands, then each step, as long as it goes on; None when a while brought none.

        It never goes back: who has asked already knows more than a message on its way. Once it
        has begun, a database that is away is asked again later.
        """
        async with self.fanout.subscribe(self.topic) as messages:
            view = await now()
            yield view
            while goes_on(view):
                silence = PATIENCE * uniform(1, 1.5)  # noqa: S311  nothing secret is made of it
                message = await messages.next(within=silence)
                told = self._read(message) if message else await _if_it_can_be_told(now) or view
                latest = max(told, view, key=how_far)  # of two as far, the newer
                yield latest if latest != view else None
                view = latest

    @staticmethod
    def write(view: Any) -> bytes:
        """A view is a dataclass: it is told by its fields."""
        return json.dumps(asdict(view), default=str).encode()

    def _read(self, message: bytes) -> View:
        return self.read(json.loads(message))


async def _if_it_can_be_told(now: Callable[[], Awaitable[View]]) -> View | None:
    try:
        return await now()
    except Unavailable:
        return None
