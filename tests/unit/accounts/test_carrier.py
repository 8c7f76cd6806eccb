"""A carrier puts thousands behind one address: they are not shut out while stuffing from it is."""

import random
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from skillbridge.adapters import paces
from skillbridge.adapters.memory.signals import MemoryCache, MemoryRateLimit
from skillbridge.application.accounts.attempts import counting_failures
from skillbridge.application.accounts.guesses import Guesses
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.errors import TooMany
from skillbridge.domain.ids import TenantId

pytestmark = pytest.mark.row("C7")

CARRIER = "203.0.113.7"
TENANT = TenantId(UUID(int=1))
SECOND = 1_000_000
HONEST, START, ARRIVE, LAST = 3000, 60, 90, 600
"""People, who come after so many seconds of the attack, within so many: 2,000 a minute; and all its seconds."""
TYPOS = 0.08
GUESSES_A_SECOND, AT_PEOPLE_HERE = 20, 0.15
"""Of the attacker, who has a list of addresses; so many of them are of people behind this carrier."""
OF_NETWORK, OF_KNOWN, WINDOW = 200, 2000, 300
KINDS = {
    "with a device": 0.30,
    "of this network": 0.69,
    "confirmed here": 0.005,
    "strangers": 0.005,
}


@dataclass
class Log:
    """Log-ins with the real allowances, a clock of the test's own and no hashing."""

    cache: MemoryCache = field(default_factory=MemoryCache)
    limit: MemoryRateLimit = field(default_factory=MemoryRateLimit)

    def guesses(self, address: str, device: str | None = None) -> Guesses:
        return Guesses(self.cache, TENANT, address, CARRIER, device)

    async def tries(self, address: str, *, right: bool, device: str | None = None) -> str:
        guesses = self.guesses(address, device)
        try:
            async with counting_failures(self.limit, await guesses.allowances()):
                _look(right)
        except TooMany:
            return "refused"
        except WrongCredentials:
            return "wrong"
        await guesses.remember_network()
        return "let in"


def _look(right: bool) -> None:
    if not right:
        raise WrongCredentials("wrong")


@dataclass(frozen=True)
class Person:
    """Who logs in once, and how they are recognised."""

    at: int
    email: str
    kind: str

    @property
    def device(self) -> str | None:
        return self.email if self.kind == "with a device" else None

    @property
    def known(self) -> bool:
        return self.kind in {"of this network", "confirmed here"}


def people(rng: random.Random) -> list[Person]:
    kinds = [kind for kind, share in KINDS.items() for _ in range(round(HONEST * share))]
    begin, end = START * SECOND, (START + ARRIVE) * SECOND
    return [Person(rng.randrange(begin, end), f"p{n}@x.org", kind) for n, kind in enumerate(kinds)]


@pytest.mark.asvs("6.1.1", "6.3.1")
@pytest.mark.memory
async def test_three_thousand_behind_one_address_log_in_while_stuffing_from_it_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng, now, log = random.Random(7), 0, Log()
    monkeypatch.setattr(paces, "microseconds", lambda: now)
    crowd = people(rng)
    known = {one.email for one in crowd if one.known}
    for email in known:
        await log.guesses(email).remember_network()
    guesses: list[tuple[int, Person | None]]
    guesses = [(at, None) for at in range(0, LAST * SECOND, SECOND // GUESSES_A_SECOND)]
    honest, attack = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    arrivals: list[tuple[int, Person | None]] = [(one.at, one) for one in crowd]
    for at, one in sorted([*arrivals, *guesses], key=lambda it: it[0]):
        now = at
        if one is None:
            here = rng.random() < AT_PEOPLE_HERE
            at_whom = rng.choice(crowd).email if here else f"v{rng.randrange(10**6)}@x.org"
            kind = "at accounts of this network" if at_whom in known else "at others"
            attack[kind, await log.tries(at_whom, right=False)] += 1
            continue
        if rng.random() < TYPOS:
            await log.tries(one.email, right=False, device=one.device)
        end = await log.tries(one.email, right=True, device=one.device)
        honest[one.kind, end] += 1
        known |= {one.email} if end == "let in" else set()
    show(honest, attack)
    refused = sum(count for (_, end), count in honest.items() if end == "refused")
    assert (honest.total(), refused <= HONEST / 100) == (HONEST, True)
    windows = 1 + LAST / WINDOW
    assert attack["at others", "wrong"] <= OF_NETWORK * windows
    assert attack["at accounts of this network", "wrong"] <= OF_KNOWN * windows
    assert attack["at others", "refused"] > 10 * attack["at others", "wrong"]


@pytest.mark.asvs("6.3.1")
@pytest.mark.memory
async def test_a_list_of_people_behind_the_address_is_no_way_around(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(paces, "microseconds", lambda: 0)
    log = Log()
    for number in range(HONEST):
        await log.guesses(f"p{number}@x.org").remember_network()
    ends = [await log.tries(f"p{number}@x.org", right=False) for number in range(HONEST)]
    assert Counter(ends) == {"wrong": OF_KNOWN, "refused": HONEST - OF_KNOWN}
    assert await log.tries("p1@x.org", right=True, device="p1") == "let in"


def show(honest: Counter[tuple[str, str]], attack: Counter[tuple[str, str]]) -> None:
    """For `make prove P=limits`."""
    told = [
        f"{HONEST} people behind one address within {ARRIVE} s, {TYPOS:.0%} mistype once;",
        f"{GUESSES_A_SECOND} guesses a second from the same for {LAST} s",
    ]
    for title, counts in (("honest", honest), ("attack", attack)):
        for (kind, end), number in sorted(counts.items()):
            told.append(f"  {title:7} {kind:28} {end:8} {number:6}")
    print("\n" + "\n".join(told))  # noqa: T201  what was measured
