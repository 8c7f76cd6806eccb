"""How often something may be tried."""

from datetime import timedelta
from typing import Protocol


class RateLimit(Protocol):
    """Counts attempts by name, over all processes."""

    async def spend(self, name: str, *, limit: int, per: timedelta) -> None:
        """Takes one of `limit` attempts per `per`; raises TooMany with the seconds to wait."""

    async def give_back(self, name: str, *, limit: int, per: timedelta) -> None:
        """Undoes one `spend` with the same numbers: that attempt was not of the kind to count."""
