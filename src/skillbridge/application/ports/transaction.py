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

    def __call__(
        self, actor: Actor, *, read_only: bool = False, step: bool = False
    ) -> AbstractAsyncContextManager[Tx]:
        """All or nothing, seeing only what `actor` may see.

        In a job, the first transaction that is not `read_only` also marks the job done when it
        commits: a reaction therefore writes in one transaction. A `step` of a long job commits
        only while the job's lease holds, and leaves the job to go on: whoever takes the job over
        meets what the steps have done. Raises Unavailable when no connection is free in time, and
        Conflict when the job's lease was lost meanwhile.
        """
        ...
