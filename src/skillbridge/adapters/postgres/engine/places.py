"""So many at once, the rest first come, first served: a semaphore whose waiting ends in time.

asyncio's `Semaphore` inside of its `timeout` does the same at more than twice the cost, and a busy server
pays it for nearly every read.
"""

import asyncio
from collections import deque


class Places:
    """`free` of them can be taken at once; a place that is given back goes to who waits longest."""

    __slots__ = ("_all", "_waiting", "free")

    def __init__(self, free: int) -> None:
        self._all = self.free = free
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self, within: float) -> None:
        """Raises TimeoutError after so many seconds."""
        if self.free:
            self.free -= 1
            return
        loop = asyncio.get_running_loop()
        given: asyncio.Future[None] = loop.create_future()
        self._waiting.append(given)
        limit = loop.call_later(within, _too_late, given)
        try:
            await given
        except BaseException:
            if given in self._waiting:
                self._waiting.remove(given)
            elif not given.cancelled() and given.exception() is None:  # given as it was given up
                self.give_back()
            raise
        finally:
            limit.cancel()

    @property
    def taken(self) -> int:
        return self._all - self.free

    def give_back(self) -> None:
        while self._waiting:
            given = self._waiting.popleft()
            if not given.done():
                given.set_result(None)
                return
        self.free += 1


def _too_late(given: asyncio.Future[None]) -> None:
    if not given.done():
        given.set_exception(TimeoutError())
