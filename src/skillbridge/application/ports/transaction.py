"""The one transaction of a use case."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from skillbridge.domain.actor import Actor
from skillbridge.domain.events.event import Event


class Tx(Protocol):
    """An open transaction."""

    def emit(self, *events: Event) -> None:
        """Publish these events, and plan what follows from them, if this commits."""

    async def now(self) -> datetime:
        """The database's time: the one clock that all processes share.

        What one process begins and another ends is measured by this, for their own clocks differ.
        """
        ...


class Transaction(Protocol):
    """Opens the one transaction of a use case; never around a call to the outside world."""

    def __call__(self, actor: Actor, *, read_only: bool = False) -> AbstractAsyncContextManager[Tx]:
        """All or nothing, seeing only what `actor` may see.

        A reaction writes in one, for a worker settles its job with it; a long one goes by `Step`.
        Raises Unavailable when no connection is free in time, and LeaseLost, a Conflict, where a
        worker's job is another's by now.
        """
        ...
