"""How often one person may write: each operation has a quota, the usual one if it names no other."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar.connection import ASGIConnection

from skillbridge.application.ports import RateLimit

READS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Quota:
    """So many times at once; each comes back after its share of the time."""

    times: int
    per: timedelta


USUAL = Quota(120, timedelta(minutes=1))
"""More than hands can click, less than a loop wants."""
TOLD_TO_OTHERS = Quota(20, timedelta(hours=1))
"""For what somebody else is told of."""
MOVES_WORK = Quota(30, timedelta(minutes=5))
"""For what makes workers compute again."""
AT_THE_DOOR = Quota(6000, timedelta(minutes=1))
"""For writes of whoever is not known yet, by address: thousands may be behind one, and what is
dear has narrower limits in its use case."""


async def spend(
    connection: ASGIConnection[Any, Any, Any, Any], quota: Quota, *whose: object
) -> None:
    """One write of this operation; reads are free. Raises TooMany with the seconds to wait."""
    scope: Any = connection.scope
    if scope["method"] in READS:
        return
    limit: RateLimit = connection.app.state.rate_limit
    name = ":".join(map(str, ("write", connection.route_handler.operation_id, *whose)))
    await limit.spend(name, limit=quota.times, per=quota.per)
