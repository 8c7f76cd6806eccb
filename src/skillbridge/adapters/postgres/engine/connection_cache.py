"""Connections between two uses, kept at hand.

Taking a connection out of asyncpg's pool and putting it back costs a proxy, a task and two
futures each time, about a tenth of what a read by id costs in all. So a connection whose work
ended well stays out of the pool for whoever comes next; any other goes back into the pool, which
cleans or replaces it.
"""

import asyncio
from typing import Any

import asyncpg


class ConnectionCache:
    """At most as many connections at once as the pool has; requests wait first in, first out."""

    __slots__ = ("_at_hand", "_places", "_pool")

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._places = asyncio.Semaphore(pool.get_max_size())
        self._at_hand: list[Any] = []

    async def take(self, within: float) -> Any:
        """The one used last. Raises TimeoutError when none is free `within` seconds."""
        if self._at_hand and not self._places.locked():
            await self._places.acquire()  # at once: nobody is before us
            driver = self._at_hand.pop()
            if _whole(driver):
                return driver
            await self.let_go(driver)
        async with asyncio.timeout(within):
            await self._places.acquire()
            try:
                return await self._another()
            except BaseException:
                self._places.release()
                raise

    def keep(self, driver: Any) -> None:
        """Gives back a connection that can serve the next as it is."""
        self._at_hand.append(driver)
        self._places.release()

    async def let_go(self, driver: Any) -> None:
        """Gives back a connection that nobody should trust: the pool sees to it."""
        try:
            await self._pool.release(driver)
        finally:
            self._places.release()

    async def close(self) -> None:
        """Puts what is at hand back into the pool, which can then close."""
        while self._at_hand:
            await self._pool.release(self._at_hand.pop())

    async def _another(self) -> Any:
        while self._at_hand:
            driver = self._at_hand.pop()
            if _whole(driver):
                return driver
            await self._pool.release(driver)
        return await self._pool.acquire()


def _whole(driver: Any) -> bool:
    """A connection that died while it was at hand has left its proxy, which then refuses all."""
    try:
        return not driver.is_closed()
    except asyncpg.InterfaceError:
        return False
