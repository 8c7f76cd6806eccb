"""Telling whoever listens now."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Subscription(Protocol):
    """What one listener has not read yet, for one task to wait for."""

    async def next(self, *, within: float) -> bytes | None:
        """The oldest message; None after so many seconds without one."""
        ...


class Fanout(Protocol):
    """Tells whoever listens now; nobody listening is not an error, and nothing is kept."""

    async def publish(self, topic: str, message: bytes) -> None:
        """Best effort: a broker that is away loses the message and raises nothing."""

    def subscribe(self, topic: str) -> AbstractAsyncContextManager[Subscription]:
        """The messages of `topic` published after entering; who does not keep up loses the oldest.

        One published just before may come too.
        """
        ...
