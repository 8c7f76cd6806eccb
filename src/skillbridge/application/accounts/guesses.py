"""How many wrong passwords a log-in may bring, by who seems to be asking."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from skillbridge.application.accounts.attempts import Allowance, Delayed
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.domain.accounts import email_address
from skillbridge.domain.delay import Delay
from skillbridge.domain.ids import TenantId

WINDOW = timedelta(minutes=5)
OF_ONE = 5
"""Without a wait: from one device, or to one account from one network."""
OF_ACCOUNT = 50
"""Without a wait: to one account from all networks that it never signed in from: a botnet."""
FIRST, LONGEST, KEPT = timedelta(seconds=2), timedelta(minutes=15), timedelta(days=1)
"""After these the next guess waits so long, twice as long each time, up to so long; and after a day
without one, nothing of it is remembered. So who guesses on has a hundred a day, and nobody is shut out."""
OF_NETWORK = 200
"""In a window, from one network to all accounts that never signed in there: stuffing."""
OF_KNOWN = 2000
"""In a window, from one network to all accounts that know it: more than thousands of people mistype."""
ALONE_OF_ONE, ALONE_OF_NETWORK, ALONE_OF_ACCOUNT, ALONE_OF_KNOWN = 2, 50, 10, 500
"""The same in each process while Redis is away: narrow, and yet nobody is shut out who knows their
password, for only wrong ones are kept. Those that are looked at just now count, too: the households of
a carrier that log in at one moment are the fifty."""
REMEMBERED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Guesses:
    """What strangers use up is no limit for a device or a network that the account knows.

    A device that signed in before has an allowance of its own. A network from which the account
    signed in before, or was confirmed, has one for it; all of its accounts share a wide one besides.
    Everyone else shares those of the network and of the account. What is one device's or one account's is
    followed by waits that grow, in place of a lock that strangers could shut.
    """

    cache: Cache
    tenant_id: TenantId
    address: str
    network: str
    device: str | None
    """The name of the device, if it has signed in before."""

    async def allowances(self) -> list[Allowance | Delayed]:
        if self.device is not None:
            return [_delayed(f"login:device:{self.device}", OF_ONE, ALONE_OF_ONE)]
        here = _delayed(self._here, OF_ONE, ALONE_OF_ONE)
        if await self.network_is_known():
            known = f"login:known:{self.network}"
            return [here, Allowance(known, OF_KNOWN, WINDOW, ALONE_OF_KNOWN)]
        return [
            here,
            Allowance(f"login:{self.network}", OF_NETWORK, WINDOW, ALONE_OF_NETWORK),
            _delayed(self._account, OF_ACCOUNT, ALONE_OF_ACCOUNT),
        ]

    async def network_is_known(self) -> bool:
        return await self.cache.get(self._key) is not None

    async def by_stranger(self) -> bool:
        """Neither the device nor the network is known to the account."""
        return self.device is None and not await self.network_is_known()

    async def remember_network(self) -> None:
        """After the right password. A cache that lost it makes a stranger of it, no more."""
        await self.cache.put(self._key, b"1", ttl=REMEMBERED)

    async def forget(self, rate_limit: RateLimit) -> None:
        """What was guessed here at a password that is another by now."""
        await rate_limit.forget(self._here)

    @property
    def _account(self) -> str:
        return f"login:{self.tenant_id}:{email_address.pseudonym(self.address)}"

    @property
    def _here(self) -> str:
        return f"{self._account}:{self.network}"

    @property
    def _key(self) -> str:
        """Names neither the account nor the network."""
        whole = f"{self.tenant_id}/{self.address}/{self.network}"
        return f"known-network:{sha256(whole.encode()).hexdigest()[:32]}"


def _delayed(name: str, free: int, alone: int) -> Delayed:
    return Delayed(name, Delay.of(free, FIRST, LONGEST, KEPT), alone)
