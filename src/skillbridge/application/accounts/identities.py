"""Signing in with an identity of somebody else's."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import uuid4

from skillbridge.application.accounts.authorizing import Authorizing
from skillbridge.application.accounts.ports.identities import Identities, IdentityProviders
from skillbridge.application.accounts.ports.users import Registrations, Users
from skillbridge.application.accounts.refusals import refusals_told
from skillbridge.application.accounts.signing_in import SigningIn, Wanted
from skillbridge.application.accounts.views import Begun, LoggedIn
from skillbridge.application.ports.transaction import Tx
from skillbridge.application.profiles.ports import Profiles
from skillbridge.domain.accounts.authorization import binding
from skillbridge.domain.accounts.identity import (
    LINK_AT,
    AddressHasAccount,
    IdentityClaims,
    NoVerifiedAddress,
)
from skillbridge.domain.accounts.second_factor import Challenge
from skillbridge.domain.accounts.sign_in import Origin, SignIn
from skillbridge.domain.accounts.user import AccountDisabled, User
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import Method
from skillbridge.domain.errors import SkillBridgeError, StaleWrite
from skillbridge.domain.ids import IdentityId, UserId

TRIES = 3
"""Who comes first makes the account, and the next one finds it."""


class Overtaken(Exception):
    """Somebody else was quicker: nothing of this stays."""


@dataclass(frozen=True, slots=True)
class BeginSignIn:
    """Sends whoever is not known yet to a provider. Raises UnknownProvider, ProviderAway.

    `binding` is the SHA-256 of what only the browser or app that begins has.
    """

    authorizing: Authorizing

    async def __call__(
        self, actor: Actor, provider: str, binding: bytes, *, return_to: str | None = None
    ) -> Begun:
        return await self.authorizing.begin(actor, provider, binding, return_to=return_to)


@dataclass(frozen=True, slots=True)
class _Account:
    """Whose identity it is: an account that is there already, or one that is to be made of it."""

    user: User
    there: bool


@dataclass(frozen=True, slots=True)
class FederatedLogin:
    """Who came by whom, and from where."""

    shown: IdentityClaims
    title: str
    """Of whoever said so, as people know them."""
    origin: Origin
    key: bytes | None
    """The thumbprint of the device's key that was proved."""
    device: str = ""
    link_at: str = LINK_AT
    fresh: bool = True
    """Whether somebody was there just now, and not a token alone."""
    still: Callable[[], Awaitable[None]] | None = None
    """Asked once the sign-in is stored, where it may have been shut meanwhile: raises what ends it."""


@dataclass(frozen=True, slots=True)
class NewAccounts:
    """Accounts of those whom another has vouched for."""

    users: Users
    identities: Identities
    registrations: Registrations
    profiles: Profiles

    async def make(self, tx: Tx, shown: IdentityClaims, nobody: User) -> User:
        """The account first: two of one address take turns at its unique key. Raises Overtaken."""
        now = await tx.now()
        user, profile, events = shown.account(nobody.id, nobody.tenant_id, nobody.email, at=now)
        identity = shown.of(IdentityId(uuid4()), user, at=now)
        if not (await self.users.add(user) and await self.identities.add(identity)):
            raise Overtaken
        await self.registrations.end(user.email)
        await self.profiles.add(profile)
        tx.emit(*events)
        return user


@dataclass(frozen=True, slots=True)
class SigningInByIdentity(SigningIn):
    """The sign-in of somebody whom another has vouched for, whichever way they came."""

    new_accounts: NewAccounts

    async def arrived(self, anonymous: Actor, came: FederatedLogin) -> LoggedIn:
        """Raises FeatureOff, NoVerifiedAddress, AddressHasAccount, SecondFactorNeeded, AccountDisabled, StaleWrite."""
        given = came.shown.account_id
        for _ in range(TRIES):
            whose = await self._whose(anonymous, came, given or UserId(uuid4()))
            wanted = await self.wanted(whose.user, came.origin, key=came.key, device=came.device)
            try:
                async with self.starting(whose.user, wanted):
                    started = await self._started(anonymous, came.shown, whose, wanted)
            except Overtaken:
                given = None  # it may be that of an account that has left the identity behind
                continue
            await self._must_still_hold(anonymous, came, started)
            return await self.answered(
                whose.user, started, wanted, Method.FEDERATED, fresh=came.fresh
            )
        raise StaleWrite("this identity is being linked or unlinked just now; begin again")

    async def _whose(self, anonymous: Actor, came: FederatedLogin, new: UserId) -> _Account:
        async with self.transaction(anonymous, read_only=True):
            user = await self._known(came)
        if user is not None:
            return _Account(user, there=True)
        (await self.known_tenants.now(anonymous.tenant_id)).must_let_in()
        assert came.shown.email is not None, "a stranger without one was refused"
        return _Account(User(new, anonymous.tenant_id, came.shown.email, None), there=False)

    async def _known(self, came: FederatedLogin) -> User | None:
        """None for a stranger. Raises NoVerifiedAddress, AddressHasAccount, AccountDisabled."""
        shown = came.shown
        known = await self.identities.found(shown.issuer, shown.subject)
        if known is None:
            if shown.email is None:
                raise NoVerifiedAddress(came.title)
            if await self.users.with_email(shown.email) is None:
                return None
            # Identity and account may have come together, between the two questions.
            known = await self.identities.found(shown.issuer, shown.subject)
        if known is None:
            raise AddressHasAccount(came.title, came.link_at)
        user = await self.users.find(known.user_id)
        if user is None:
            raise AccountDisabled
        return user

    async def _started(
        self, anonymous: Actor, shown: IdentityClaims, whose: _Account, wanted: Wanted
    ) -> SignIn | Challenge:
        """Looks again: the identity may have been linked or unlinked meanwhile."""
        async with self.transaction(anonymous) as tx:
            now = await tx.now()
            if not whose.there:
                made = await self.new_accounts.make(tx, shown, whose.user)
                return await self.start(tx, made, wanted, at=now)
            user = await self.users.get(whose.user.id)
            known = await self.identities.found(shown.issuer, shown.subject)
            if known is None or known.user_id != user.id:
                raise Overtaken
            user.may_sign_in()
            return await self.begun(tx, user, wanted, Method.FEDERATED, at=now, by=known.id)

    async def _must_still_hold(
        self, anonymous: Actor, came: FederatedLogin, started: SignIn | Challenge
    ) -> None:
        if came.still is None:
            return
        try:
            await came.still()
        except SkillBridgeError:
            if isinstance(started, SignIn):
                async with self.transaction(anonymous) as tx:
                    if started.revoke(at=await tx.now()):
                        await self.sign_ins.save(started)
            raise


@dataclass(frozen=True, slots=True)
class SignInWithIdentity(SigningInByIdentity):
    """A provider shows who came: their sign-in starts, once a second factor was shown where there is one.

    An identity that no account has makes one, if the provider has verified an address that has none;
    registrations that wait for that address end. Raises what `Authorizing.finish` does, BadProof, and what
    `arrived` does.
    """

    authorizing: Authorizing
    providers: IdentityProviders

    async def __call__(
        self,
        actor: Actor,
        provider: str,
        state: str,
        code: str,
        secret: str,
        *,
        origin: Origin,
        device: str = "",
    ) -> LoggedIn:
        key = self.device_keys.proved(origin.proof)
        with refusals_told({"provider": provider}):
            tenant_id, shown = await self.authorizing.finish(
                actor, provider, state, code, binding(secret)
            )
            title = self.providers.named(provider).title
            came = FederatedLogin(shown, title, origin, key, device)
            return await self.arrived(replace(actor, tenant_id=tenant_id), came)
