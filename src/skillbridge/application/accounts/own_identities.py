"""Identities of others that one's own account can be signed in to with: linked and unlinked."""

from dataclasses import dataclass
from uuid import uuid4

from skillbridge.application.accounts.authorizing import Authorizing
from skillbridge.application.accounts.own_account import OwnAccount
from skillbridge.application.accounts.ports.identities import Identities
from skillbridge.application.accounts.views import Begun
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.authorization import AuthorizationOver, bound_to
from skillbridge.domain.accounts.identity import (
    IdentityClaims,
    IdentityTaken,
    ProviderLinked,
    UnknownIdentity,
)
from skillbridge.domain.accounts.ways_in import WaysIn
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import IdentityId, SessionId, TenantId


@dataclass(frozen=True, slots=True)
class Linking:
    """What is begun with a fresh proof, and finished by the same sign-in."""

    transaction: Transaction
    account: OwnAccount
    identities: Identities

    async def must_have_proved(self, actor: Actor) -> None:
        """Raises StepUpNeeded, SignInOver, AccountDisabled."""
        async with self.transaction(actor.before_authentication, read_only=True) as tx:
            user = await self.account.users.peek(actor.user_id)
            await self.account.must_be_proved(actor, user, at=await tx.now())

    async def linked(self, actor: Actor, tenant_id: TenantId, shown: IdentityClaims) -> None:
        """Its owner is told; twice changes nothing. Raises SignInOver, IdentityTaken, ProviderLinked."""
        if tenant_id != actor.tenant_id:
            raise AuthorizationOver
        async with self.transaction(actor.before_authentication) as tx:
            now = await tx.now()
            user = await self.account.signed_in(actor, at=now)
            known = await self.identities.found(shown.issuer, shown.subject)
            if known is None:
                identity = shown.of(IdentityId(uuid4()), user, at=now)
                if not await self.identities.add(identity):
                    linked = {one.issuer for one in await self.identities.of(user.id)}
                    raise ProviderLinked if shown.issuer in linked else IdentityTaken
                tx.emit(*identity.linked(at=now))
            elif known.user_id != user.id:
                raise IdentityTaken


@dataclass(frozen=True, slots=True)
class BeginLink(Linking):
    """Sends whoever is signed in to a provider. Raises StepUpNeeded, SignInOver, UnknownProvider, ProviderAway."""

    authorizing: Authorizing

    async def __call__(self, actor: Actor, provider: str, *, return_to: str | None = None) -> Begun:
        await self.must_have_proved(actor)
        bound = bound_to(session_of(actor))
        return await self.authorizing.begin(
            actor, provider, bound, user_id=actor.user_id, return_to=return_to
        )


@dataclass(frozen=True, slots=True)
class LinkIdentity(Linking):
    """The account can be signed in to with the identity from now on.

    The proof of the last ten minutes was wanted when it was begun, by the same sign-in. Raises what
    `Authorizing.finish` and `linked` do.
    """

    authorizing: Authorizing

    async def __call__(self, actor: Actor, provider: str, state: str, code: str) -> None:
        bound = bound_to(session_of(actor))
        tenant_id, shown = await self.authorizing.finish(
            actor, provider, state, code, bound, user_id=actor.user_id
        )
        await self.linked(actor, tenant_id, shown)


@dataclass(frozen=True, slots=True)
class UnlinkIdentity:
    """That way in is closed, unless it is the last; the owner is told.

    Raises StepUpNeeded, SignInOver, UnknownIdentity, LastWayIn.
    """

    transaction: Transaction
    account: OwnAccount
    identities: Identities

    async def __call__(self, actor: Actor, identity_id: IdentityId) -> None:
        async with self.transaction(actor.before_authentication) as tx:
            now, user = await tx.now(), await self.account.users.get(actor.user_id)
            linked = await self.identities.of(user.id)
            gone = next((one for one in linked if one.id == identity_id), None)
            if gone is None:
                raise UnknownIdentity
            await self.account.must_be_proved(actor, user, at=now)
            WaysIn(
                password=user.password_hash is not None, identities=len(linked) - 1
            ).must_be_left()
            await self.identities.remove(gone.id)
            tx.emit(*gone.unlinked(at=now))


def session_of(actor: Actor) -> SessionId:
    assert actor.session_id is not None, "whoever is signed in has one"
    return actor.session_id
