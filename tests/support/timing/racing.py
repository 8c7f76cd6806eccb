"""Two who meet in the database at a named place, the same way every time.

The first stands still where a port's method returns, its transaction open; the second runs until it
has ended or the database makes it wait; then both go on. No test sleeps: the server is asked who
waits for whom.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from unittest.mock import patch

import asyncpg
from tests.support.timing.patience import PATIENCE

from skillbridge.local.waiting import until

Place = Callable[..., Awaitable[Any]]
"""A method of an adapter, or a function of a module: `PostgresSignIns.presenting`."""

SOMEBODY_WAITS = """select exists (
    select from pg_stat_activity
    where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0)"""


@dataclass(frozen=True)
class End:
    """How one of the two ended."""

    result: Any = None
    error: BaseException | None = None
    waited: bool = False
    """The database made it wait for the other."""

    @property
    def value(self) -> Any:
        """What it returned: for who was to succeed."""
        assert self.error is None, repr(self.error)
        return self.result


@dataclass
class Stop:
    """A place where whoever comes first stands still."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def here(self) -> None:
        self.reached.set()
        await self.go_on.wait()


async def race(
    admin: asyncpg.Connection,
    first: Coroutine[Any, Any, Any],
    place: Place,
    second: Coroutine[Any, Any, Any],
) -> tuple[End, End]:
    """Stops `first` behind `place`, lets `second` run as far as it comes, then both to their ends."""
    with standing_still(place) as stop, closing(second):
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            early = group.create_task(_ended(first))
            await _arrival(stop, early)
            late = group.create_task(_ended(second))

            async def came_to_a_halt() -> bool:
                return late.done() or bool(await admin.fetchval(SOMEBODY_WAITS))

            await until(came_to_a_halt, every=0.01)
            waited = not late.done()
            stop.go_on.set()
    return early.result(), replace(late.result(), waited=waited)


@contextmanager
def standing_still(place: Place) -> Iterator[Stop]:
    """The first to come through `place` stops behind it; all others pass."""
    (owner, name), stop, turns = _home(place), Stop(), count()

    async def passed(*args: Any, **named: Any) -> Any:
        turn = next(turns)
        result = await place(*args, **named)
        if turn == 0:
            await stop.here()
        return result

    with patch.object(owner, name, passed):
        yield stop


def _home(place: Place) -> tuple[Any, str]:
    """The class or module that holds it, and the name it has there."""
    owner: Any = sys.modules[place.__module__]
    *path, name = place.__qualname__.split(".")
    for step in path:
        owner = getattr(owner, step)
    return owner, name


async def _arrival(stop: Stop, who: asyncio.Task[End]) -> None:
    """Raises when `who` ended without coming by: the test names a place that is none of theirs."""
    arrived = asyncio.create_task(stop.reached.wait())
    await asyncio.wait({arrived, who}, return_when=asyncio.FIRST_COMPLETED)
    if not arrived.done():
        arrived.cancel()
        raise LookupError(f"it never came to the place, and ended: {who.result()}")


async def _ended(work: Coroutine[Any, Any, Any]) -> End:
    try:
        return End(await work)
    except Exception as error:  # noqa: BLE001  how it ended is what the test asks
        return End(error=error)
