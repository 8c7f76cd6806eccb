"""Connections between two uses, kept at hand.

Taking a connection out of asyncpg's pool and putting it back costs a proxy, a task and two
futures each time, about a tenth of what a read by id costs in all. So a connection whose work
ended well stays out of the pool for whoever comes next; any other goes back into the pool, which
cleans or replaces it.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import asyncpg

from skillbridge.adapters.postgres.engine.places import Places

_HOLDING: ContextVar[bool] = ContextVar("holding", default=False)


@contextmanager
def while_holding() -> Iterator[None]:
    """Around what may take a connection while it holds one: it takes of those that are kept for such.

    Were all held by those who wait for a second one, nobody would ever get it.
    """
    token = _HOLDING.set(True)
    try:
        yield
    finally:
        _HOLDING.reset(token)


class ConnectionCache:
    """At most as many connections at once as the pool has; requests wait first in, first out.

    A tenth of them, one at least, is for second connections, each of which is held for one read.
    """

    __slots__ = ("_at_hand", "_back", "_places", "_pool", "_second", "_seconds")

    def __init__(self, pool: Any) -> None:
        size = pool.get_max_size()
        second = max(1, size // 10)
        self._pool = pool
        self._places = Places(max(1, size - second))
        self._second = Places(second)
        self._seconds: set[Any] = set()
        self._at_hand: list[Any] = []
        self._back: asyncio.Event | None = None
        """While it closes: somebody gave one back."""

    async def take(self, within: float) -> Any:
        """The one used last. Raises TimeoutError when none is free, or can be opened, `within` seconds."""
        places = self._second if _HOLDING.get() else self._places
        await places.take(within)
        try:
            driver = await self._any(within)
        except BaseException:
            places.give_back()
            raise
        if places is self._second:
            self._seconds.add(driver)
        return driver

    def keep(self, driver: Any) -> None:
        """Gives back a connection that can serve the next as it is."""
        self._at_hand.append(driver)
        self._free(driver)

    async def let_go(self, driver: Any) -> None:
        """Gives back a connection that nobody should trust: the pool sees to it."""
        try:
            await self._pool.release(driver)
        finally:
            self._free(driver)

    def _free(self, driver: Any) -> None:
        if driver in self._seconds:
            self._seconds.remove(driver)
            self._second.give_back()
        else:
            self._places.give_back()
        if self._back is not None:
            self._back.set()

    async def close(self) -> None:
        """Puts all back into the pool, which can then close: what is still in use as it comes."""
        self._back = asyncio.Event()
        while self._at_hand or self._places.taken or self._second.taken:
            if self._at_hand:
                await self._pool.release(self._at_hand.pop())
            else:
                self._back.clear()
                await self._back.wait()

    async def _any(self, within: float) -> Any:
        while self._at_hand:
            driver = self._at_hand.pop()
            if _whole(driver):
                return driver
            await self._pool.release(driver)
        async with asyncio.timeout(within):
            return await self._pool.acquire()


def _whole(driver: Any) -> bool:
    """A connection that died while it was at hand has left its proxy, which then refuses all."""
    try:
        return not driver.is_closed()
    except asyncpg.InterfaceError:
        return False
