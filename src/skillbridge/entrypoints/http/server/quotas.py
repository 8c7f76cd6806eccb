"""How often one person may write: each operation has a quota, the usual one if it names no other.

Whoever mends a form is not kept from sending it: a write that was refused, and one that was answered
again, changed nothing and is given back, as long as not too many are.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar.connection import ASGIConnection

from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.domain.errors import TooMany
from skillbridge.entrypoints.http.server.problems import status_for

READS = frozenset({"GET", "HEAD", "OPTIONS"})
CHANGES = frozenset({"PUT", "PATCH"})
"""Two ways to do the same to one resource: they share its quota."""
SPENT = "quota_spent"
GIVEN_BACK = frozenset({400, 404, 408, 409, 412, 413, 415, 422})
"""The statuses of what was refused for what it is; not for who asks, or how often."""


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
UNAUTHENTICATED = Quota(6000, timedelta(minutes=1))
"""For writes of whoever is not known yet, by address: thousands may be behind one, and what is
dear has narrower limits in its use case."""
KEPT = Quota(2000, timedelta(days=1))
"""Answers that are kept for one person: about 3 MB."""
GIVEN_BACK_AT_MOST = Quota(120, timedelta(minutes=1))
"""Writes of one person that are given back, refused or answered again, of all operations together: a
flood of them is counted like any other."""


@dataclass(frozen=True, slots=True)
class Spent:
    """One write, and whose."""

    name: str
    quota: Quota
    whose: str


async def spend(
    connection: ASGIConnection[Any, Any, Any, Any], quota: Quota, *whose: object
) -> Spent | None:
    """One write of this operation; reads are free. Raises TooMany with the seconds to wait."""
    scope: Any = connection.scope
    method = scope["method"]
    if method in READS:
        return None
    limit: RateLimit = connection.app.state.rate_limit
    who = ":".join(map(str, whose))
    what = "change" if method in CHANGES else method
    spent = Spent(f"write:{what}:{scope['path_template']}:{who}", quota, who)
    await limit.spend(spent.name, limit=quota.times, per=quota.per)
    return spent


async def give_back_refused(error: Exception, scope: Any) -> None:
    """After an exception: what its request had spent, if it was refused for what it is."""
    if status_for(error) in GIVEN_BACK:
        await give_back(scope)


async def give_back(scope: Any) -> None:
    """What a request had spent that changed nothing, as long as there were not too many of them."""
    spent: Spent | None = scope.get(SPENT)
    if spent is None:
        return
    limit: RateLimit = scope["litestar_app"].state.rate_limit
    try:
        await limit.spend(
            f"refused:{spent.whose}", limit=GIVEN_BACK_AT_MOST.times, per=GIVEN_BACK_AT_MOST.per
        )
    except TooMany:
        return
    await limit.give_back(spent.name, limit=spent.quota.times, per=spent.quota.per)
