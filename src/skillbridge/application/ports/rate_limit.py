"""How often something may be tried."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NamedTuple, Protocol

from skillbridge.domain.delay import Delay, Strikes
from skillbridge.domain.errors import TooMany
from skillbridge.domain.pace import Left, Pace, seconds


class Struck(NamedTuple):
    """One try that was counted, by which it can be forgiven."""

    now: Strikes
    before: int
    """What was due before it."""


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

    async def strike(self, name: str, delay: Delay, *, alone: int | None = None) -> Struck:
        """Counts a try before it is looked at; raises TooMany with the seconds to wait, and counts none.

        `alone`: so many in place of `delay.free` while this process counts by itself.
        """

    async def forgive(
        self, name: str, delay: Delay, struck: Struck, *, alone: int | None = None
    ) -> None:
        """That try was right, or not looked at: as if it had never been."""

    async def forget(self, name: str) -> None:
        """As if nothing had ever been tried by this name."""


def left_or_refused(pace: Pace, ahead: int) -> Left:
    """What is left after an attempt. Raises TooMany where there was none."""
    left = pace.left(ahead)
    if ahead < 0:
        raise TooMany(f"too many attempts; try again in {left.seconds} s", retry_after=left.seconds)
    return left


def struck_or_refused(struck: Struck | int) -> Struck:
    """Raises TooMany for what is to be waited, in microseconds."""
    if isinstance(struck, Struck):
        return struck
    wait = seconds(struck)
    raise TooMany(f"too many wrong tries; try again in {wait} s", retry_after=wait)


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
