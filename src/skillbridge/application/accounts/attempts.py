"""Guesses are counted, honest attempts are not."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.domain.accounts.user import WrongCredentials, WrongPassword


@dataclass(frozen=True, slots=True)
class Allowance:
    """So often in so long, counted by a name."""

    name: str
    limit: int
    per: timedelta
    alone: int | None = None
    """So often instead in each process while they cannot count together: for guesses, which then must
    not be as many in each."""


@asynccontextmanager
async def counting_failures(
    rate_limit: RateLimit, allowances: Sequence[Allowance]
) -> AsyncIterator[None]:
    """Raises TooMany when one of the allowances is used up.

    One of each is taken before the password is looked at, so that many guesses at once are no
    more than many in a row, and given back unless the password was wrong.
    """
    await take(rate_limit, allowances)
    try:
        yield
    except (WrongCredentials, WrongPassword):
        raise
    except Exception:
        await give_back(rate_limit, allowances)
        raise
    else:
        await give_back(rate_limit, allowances)


async def take(rate_limit: RateLimit, allowances: Sequence[Allowance]) -> None:
    """One of each or, when one of them is used up, of none: then it raises TooMany."""
    taken: list[Allowance] = []
    try:
        for one in allowances:
            await rate_limit.spend(one.name, limit=one.limit, per=one.per, alone=one.alone)
            taken.append(one)
    except Exception:
        await give_back(rate_limit, taken)
        raise


async def give_back(rate_limit: RateLimit, taken: Sequence[Allowance]) -> None:
    """As if they had never been taken."""
    for one in taken:
        await rate_limit.give_back(one.name, limit=one.limit, per=one.per, alone=one.alone)
