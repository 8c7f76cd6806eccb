"""What operators take away of how an account can be signed in to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from skillbridge.application.accounts.administration import Ending
from skillbridge.application.accounts.ports.identities import Identities, IdentityProviders
from skillbridge.application.accounts.ports.passkeys import Passkeys
from skillbridge.application.ended_sign_ins import tell_ended
from skillbridge.domain.accounts.ways_in import UnknownWayIn
from skillbridge.domain.actor import Actor

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UnlinkIdentityOf(Ending):
    """For an owner whose account opens for somebody else, which a new password does not end; they are told.

    `which` is its id, its provider's name or its issuer; the last way in goes, too, for its owner sets a password by mail. Every
    sign-in and token ends. Who the owner is, the operator has to make sure of. Raises UnknownWayIn, UnfitReason.
    """

    identities: Identities
    providers: IdentityProviders

    async def __call__(self, actor: Actor, email: str, which: str, *, reason: str) -> None:
        async with self.transaction(actor) as tx:
            user, now = await self.owner_of(email), await tx.now()
            linked = await self.identities.of(user.id)
            names = self.providers.names()
            present = {f"{names.get(one.issuer, one.issuer)} ({one.id})": one for one in linked}
            gone = _only(present, names.get(which, which))
            events = gone.taken(reason, at=now)
            await self.identities.remove(gone.id)
            tx.emit(*events)
            ended = await self.end_all(user, at=now)
        await tell_ended(self.fanout, ended)


@dataclass(frozen=True, slots=True)
class RemovePasskeyOf(Ending):
    """As `UnlinkIdentityOf`; `which` is its id or what its owner calls it."""

    passkeys: Passkeys

    async def __call__(self, actor: Actor, email: str, which: str, *, reason: str) -> None:
        async with self.transaction(actor) as tx:
            user, now = await self.owner_of(email), await tx.now()
            present = await self.passkeys.of(user.id)
            gone = _only({f"{one.name} ({one.id})": one for one in present}, which)
            events = gone.taken(reason, at=now)
            await self.passkeys.remove(gone)
            tx.emit(*events)
            ended = await self.end_all(user, at=now)
        await tell_ended(self.fanout, ended)


def _only(present: Mapping[str, T], which: str) -> T:
    """The one whose id in brackets it is or else, for its owner chooses it, the name. Raises UnknownWayIn."""
    by_id = [one for named, one in present.items() if which == _id(named)]
    found = by_id or [one for named, one in present.items() if which == named.rpartition(" (")[0]]
    if len(found) != 1:
        raise UnknownWayIn(list(present))
    return found[0]


def _id(named: str) -> str:
    return named.rpartition(" (")[2].removesuffix(")")
