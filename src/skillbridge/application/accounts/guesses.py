"""How many wrong passwords a log-in may bring, by who seems to be asking."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from skillbridge.application.accounts.attempts import Allowance
from skillbridge.application.ports.cache import Cache
from skillbridge.domain.accounts import email_address
from skillbridge.domain.ids import TenantId

WINDOW = timedelta(minutes=5)
HOUR = timedelta(hours=1)
OF_ONE = 10
"""In a window, from one device, or to one account from one network."""
OF_NETWORK = 200
"""In a window, from one network to all accounts that never signed in there: stuffing."""
OF_ACCOUNT = 100
"""An hour, to one account from all networks that it never signed in from: a botnet."""
OF_KNOWN = 2000
"""In a window, from one network to all accounts that know it: more than thousands of people mistype."""
ALONE_OF_ONE, ALONE_OF_NETWORK, ALONE_OF_ACCOUNT, ALONE_OF_KNOWN = 3, 50, 10, 500
"""The same in each process while Redis is away: narrow, and yet nobody is shut out who knows their
password, for only wrong ones are kept. Those that are looked at just now count, too: the households of
a carrier that log in at one moment are the fifty."""
REMEMBERED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Guesses:
    """What strangers use up is no limit for a device or a network that the account knows.

    A device that signed in before has an allowance of its own. A network from which the account
    signed in before, or was confirmed, has one for it; all of its accounts share a wide one besides.
    Everyone else shares those of the network and of the account.
    """

    cache: Cache
    tenant_id: TenantId
    address: str
    network: str
    device: str | None
    """The name of the device, if it has signed in before."""

    async def allowances(self) -> list[Allowance]:
        if self.device is not None:
            return [Allowance(f"login:device:{self.device}", OF_ONE, WINDOW, ALONE_OF_ONE)]
        account = f"login:{self.tenant_id}:{email_address.pseudonym(self.address)}"
        here = Allowance(f"{account}:{self.network}", OF_ONE, WINDOW, ALONE_OF_ONE)
        if await self.cache.get(self._key) is not None:
            known = f"login:known:{self.network}"
            return [here, Allowance(known, OF_KNOWN, WINDOW, ALONE_OF_KNOWN)]
        return [
            here,
            Allowance(f"login:{self.network}", OF_NETWORK, WINDOW, ALONE_OF_NETWORK),
            Allowance(account, OF_ACCOUNT, HOUR, ALONE_OF_ACCOUNT),
        ]

    async def remember_network(self) -> None:
        """After the right password. A cache that lost it makes a stranger of it, no more."""
        await self.cache.put(self._key, b"1", ttl=REMEMBERED)

    @property
    def _key(self) -> str:
        """Names neither the account nor the network."""
        whole = f"{self.tenant_id}/{self.address}/{self.network}"
        return f"known-network:{sha256(whole.encode()).hexdigest()[:32]}"
