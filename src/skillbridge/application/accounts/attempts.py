"""Guesses are counted, honest attempts are not."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from skillbridge.application.ports.rate_limit import RateLimit, Struck
from skillbridge.domain.accounts.user import WrongCredentials, WrongPassword
from skillbridge.domain.delay import Delay

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """So often in so long, counted by a name."""

    name: str
    limit: int
    per: timedelta
    alone: int | None = None
    """So often instead in each process while they cannot count together: for guesses, which then must
    not be as many in each."""


@dataclass(frozen=True, slots=True)
class Delayed:
    """So often, and then after ever longer waits, counted by a name."""

    name: str
    delay: Delay
    alone: int | None = None
    """In place of `delay.free`, as that of an `Allowance`."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one has taken of allowances and delays."""

    rate_limit: RateLimit
    allowances: list[Allowance] = field(default_factory=list)
    struck: list[tuple[Delayed, Struck]] = field(default_factory=list)

    @property
    def at_bound(self) -> bool:
        """Whether it is the first after which the wait is the longest, if it was wrong."""
        return any(of.delay.is_first_at_bound(struck.now.tries) for of, struck in self.struck)

    async def add(self, one: Allowance | Delayed) -> None:
        if isinstance(one, Allowance):
            await self.rate_limit.spend(one.name, limit=one.limit, per=one.per, alone=one.alone)
            self.allowances.append(one)
        else:
            struck = await self.rate_limit.strike(one.name, one.delay, alone=one.alone)
            self.struck.append((one, struck))

    async def give_back(self) -> None:
        """As if it had never been taken."""
        await give_back(self.rate_limit, self.allowances)
        for of, struck in self.struck:
            await self.rate_limit.forgive(of.name, of.delay, struck, alone=of.alone)


@asynccontextmanager
async def counting_failures(
    rate_limit: RateLimit, allowances: Sequence[Allowance | Delayed]
) -> AsyncIterator[Attempt]:
    """Raises TooMany when one of the allowances is used up, or it is too early for another.

    One of each is taken before the password is looked at, so that many guesses at once are no
    more than many in a row, and given back unless the password was wrong.
    """
    attempt = await take(rate_limit, allowances)
    try:
        yield attempt
    except (WrongCredentials, WrongPassword):
        raise
    except Exception:
        await attempt.give_back()
        raise
    else:
        await attempt.give_back()


async def take(rate_limit: RateLimit, allowances: Sequence[Allowance | Delayed]) -> Attempt:
    """One of each or, when one of them is used up, of none: then it raises TooMany."""
    attempt = Attempt(rate_limit)
    try:
        for one in allowances:
            await attempt.add(one)
    except Exception:
        await attempt.give_back()
        raise
    return attempt


async def give_back(rate_limit: RateLimit, allowances: Sequence[Allowance]) -> None:
    """As if they had never been taken."""
    for one in allowances:
        await rate_limit.give_back(one.name, limit=one.limit, per=one.per, alone=one.alone)
