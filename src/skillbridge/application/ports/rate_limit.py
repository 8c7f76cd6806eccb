"""How often something may be tried."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

from skillbridge.domain.errors import TooMany
from skillbridge.domain.pace import Left, Pace


class RateLimit(Protocol):
    """Counts attempts by name, over all processes; while that cannot be, each process by itself."""

    async def spend(
        self, name: str, *, limit: int, per: timedelta, alone: int | None = None
    ) -> Left:
        """Takes one of `limit` attempts per `per`; raises TooMany with the seconds to wait.

        `alone`: so many in place of `limit` while this process counts by itself.
        """

    async def give_back(
        self, name: str, *, limit: int, per: timedelta, alone: int | None = None
    ) -> Left:
        """Undoes one `spend` with the same numbers: that attempt was not of the kind to count."""

    async def count(self, name: str, times: int, *, limit: int, per: timedelta) -> int:
        """Counts what was let in already, whether or not it was too much.

        Returns the microseconds until all of the attempts will have come back: above `per`, nothing is
        left. It is counted up to twice `per`, so that nobody is kept out for longer than that.
        """


def left_or_refused(pace: Pace, ahead: int) -> Left:
    """What is left after an attempt. Raises TooMany where there was none."""
    left = pace.left(ahead)
    if ahead < 0:
        raise TooMany(f"too many attempts; try again in {left.seconds} s", retry_after=left.seconds)
    return left


@asynccontextmanager
async def counted(
    rate_limit: RateLimit, name: str, *, limit: int, per: timedelta
) -> AsyncIterator[None]:
    """Around what is tried: takes an attempt, and gives it back if that fails. Raises TooMany."""
    await rate_limit.spend(name, limit=limit, per=per)
    try:
        yield
    except BaseException:
        await rate_limit.give_back(name, limit=limit, per=per)
        raise
