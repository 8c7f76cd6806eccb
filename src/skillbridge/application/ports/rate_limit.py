"""How often something may be tried."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol


class RateLimit(Protocol):
    """Counts attempts by name, over all processes."""

    async def spend(self, name: str, *, limit: int, per: timedelta) -> None:
        """Takes one of `limit` attempts per `per`; raises TooMany with the seconds to wait."""

    async def give_back(self, name: str, *, limit: int, per: timedelta) -> None:
        """Undoes one `spend` with the same numbers: that attempt was not of the kind to count."""


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
