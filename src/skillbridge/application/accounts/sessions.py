"""Signing in, staying signed in, and signing out."""

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import uuid4

from skillbridge.application.accounts.attempts import DAY, Attempt, counting_failures
from skillbridge.application.accounts.guesses import Guesses
from skillbridge.application.accounts.held_roles import HeldRoles
from skillbridge.application.accounts.known_devices import KnownDevices
from skillbridge.application.accounts.ports.passwords import PasswordHasher
from skillbridge.application.accounts.ports.sign_ins import (
    DeviceKeys,
    Networks,
    RefreshTokens,
    SignIns,
)
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.signing_in import SigningIn, Wanted
from skillbridge.application.accounts.views import LoggedIn, SignedIn
from skillbridge.application.ended_sign_ins import tell_ended
from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.access_tokens import ACCESS_LIFE, Tokens
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.tenants import UnknownTenant
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.security_signals import SecuritySignals
from skillbridge.domain.accounts import email_address, password
from skillbridge.domain.accounts.second_factor import Challenge
from skillbridge.domain.accounts.sign_in import (
    KeyMissing,
    Origin,
    SignIn,
    SignInOver,
    TokenStolen,
    Use,
    digest,
)
from skillbridge.domain.accounts.user import User, WrongCredentials, guessed
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import Method
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.events.accounts import SignInsEnded
from skillbridge.domain.ids import SessionId, UserId

log = logging.getLogger(__name__)

NOBODY_PROVED = (
    "the e-mail address or the password is wrong, or the address is not confirmed yet: open the link "
    "of the newest mail or type its code, or ask for another at POST /v1/auth/verification"
)


@dataclass(frozen=True, slots=True)
class LogIn(SigningIn):
    """Proves an account by its password and starts a sign-in, if it has no second factor to be shown.

    Raises WrongCredentials, the same for an unknown address, one that is not confirmed yet and a
    wrong password, after the same work: whoever registers an address must not learn by its password
    whether it has an account. SecondFactorNeeded and AccountDisabled only once the password was right;
    TooMany after too many wrong passwords, as `Guesses` counts them; BadProof before anything is looked
    at.
    """

    hasher: PasswordHasher
    known_devices: KnownDevices

    async def __call__(
        self, actor: Actor, email: str, secret: str, *, origin: Origin, device: str = ""
    ) -> LoggedIn:
        key = self.device_keys.proved(origin.proof)
        address = email_address.normalised(email)
        known = await self.known_devices.name_of(actor, address, device)
        guesses = Guesses(self.cache, actor.tenant_id, address, origin.network, known)
        started = None
        while started is None:
            async with counting_failures(self.rate_limit, await guesses.allowances()) as attempt:
                user = await self._proved(
                    actor, address, password.normalised(secret), origin, guesses, attempt
                )
            better = await self._better_hash(user, secret, origin)
            wanted = await self.wanted(user, origin, key=key, device=device)
            try:
                started = await self._started(actor, user, better, wanted)
            finally:
                if started is None:
                    await self.nothing_started(user, wanted)
        return await self.answered(user, started, wanted, Method.PASSWORD)

    async def _proved(
        self,
        actor: Actor,
        address: str,
        secret: str,
        origin: Origin,
        guesses: Guesses,
        attempt: Attempt,
    ) -> User:
        """One hash is compared in any case, also where there is no account."""
        async with self.transaction(actor, read_only=True):
            user = await self.users.with_email(address)
        kept = user.password_hash if user else None
        if not await self.hasher.matches(secret, kept, network=origin.network) or user is None:
            told = {"account": email_address.pseudonym(address), "reason": "WrongCredentials"}
            log.info("sign_in.refused", extra=told)
            strange = origin.network if await guesses.by_stranger() else ""
            account = email_address.pseudonym(address)
            await self.signals.guessed(actor, account, user.id if user else None, strange)
            if attempt.at_bound:
                await self._tell_of_guesses(actor, user, address)
            raise WrongCredentials(NOBODY_PROVED)
        user.may_sign_in()
        return user

    async def _tell_of_guesses(self, actor: Actor, user: User | None, address: str) -> None:
        """Once a day. Where there is no account, the same is written, and a worker mails nobody."""
        account = email_address.pseudonym(address)
        if not await self.may_be_told(f"guessed:{actor.tenant_id}:{account}", 1, DAY):
            return
        log.warning("sign_in.guessed", extra={"account": account})
        async with self.transaction(actor) as tx:
            tx.emit(*guessed(user, UserId(uuid4()), at=await tx.now()))

    async def _better_hash(self, user: User, secret: str, origin: Origin) -> str | None:
        """None also while others register so much that hashing has no place: next time, then."""
        if user.password_hash is None or not self.hasher.outdated(user.password_hash):
            return None
        with suppress(Unavailable):
            return await self.hasher.hash(password.normalised(secret), network=origin.network)
        return None

    async def _started(
        self, actor: Actor, proved: User, better: str | None, wanted: Wanted
    ) -> SignIn | Challenge | None:
        """A challenge where a code is wanted too; None when the password is to be proved again.

        That is when another one is kept by now, or the same in a better hash.
        The account is held until the sign-in is stored, so that who disables it, or changes its
        password, finds the sign-in to end it.
        """
        async with self.transaction(actor) as tx:
            user = await self.users.get(proved.id)
            user.may_sign_in()
            if user.password_hash != proved.password_hash:
                return None
            if better is not None:
                user.password_hash = better
                await self.users.save(user)
                user = await self.users.get(user.id)
            return await self.begun(tx, user, wanted, Method.PASSWORD, at=await tx.now())


@dataclass(frozen=True, slots=True)
class RefreshSession:
    """A refresh token for the next one and a new access token; the token names its tenant.

    Raises TenantIsSuspended; SignInOver, also when the account is gone; BadProof and KeyMissing, which change nothing; and
    TokenStolen after the whole sign-in has been revoked for good.
    """

    transaction: Transaction
    users: Users
    sign_ins: SignIns
    tokens: Tokens
    refresh_tokens: RefreshTokens
    device_keys: DeviceKeys
    networks: Networks
    fanout: Fanout
    held_roles: HeldRoles
    tenants: KnownTenants
    signals: SecuritySignals

    async def __call__(self, actor: Actor, token: str, *, origin: Origin) -> SignedIn:
        key = self.device_keys.proved(origin.proof, token=token)
        anonymous = _pre_authentication_of(token, actor, self.refresh_tokens)
        try:
            (await self.tenants.now(anonymous.tenant_id)).must_be_active()
        except UnknownTenant:  # the token names it, and may name any
            raise SignInOver from None
        successors = {
            digest(t): t for t in self.refresh_tokens.successors(token, anonymous.tenant_id)
        }
        try:
            async with self.transaction(anonymous) as tx:
                sign_in = await self.sign_ins.presenting(digest(token))
                user = await self.users.find(sign_in.user_id)
                if user is None:
                    raise SignInOver
                use = Use(key, self.networks.marks(user.id, origin.network)[0])
                theft = sign_in.refresh(tuple(successors), use, at=await tx.now())
                await self.sign_ins.save(sign_in)
                tx.emit(*theft)
                roles = await self.held_roles.of(user)
        except KeyMissing:
            await self.signals.without_key(anonymous, sign_in.id, sign_in.user_id)
            raise
        if theft:  # refused only now: raised inside, it would undo the revocation
            told = {"user": str(user.id), "session": str(sign_in.id)}
            log.warning("sign_in.stolen", extra=told)
            await tell_ended(self.fanout, [sign_in.id])
            raise TokenStolen(sign_in.id)
        assert sign_in.successor is not None
        access = self.tokens.issue(user.id, user.tenant_id, sign_in.id, roles)
        life = int(ACCESS_LIFE.total_seconds())
        return SignedIn(access, successors[sign_in.successor.hash], life)


@dataclass(frozen=True, slots=True)
class LogOut:
    """Ends the sign-in of a refresh token, and returns which it was.

    None for one that has ended, or never was: that is no error. It needs no proof of a key: whoever
    has the token may end what it is of.
    """

    transaction: Transaction
    sign_ins: SignIns
    refresh_tokens: RefreshTokens
    fanout: Fanout

    async def __call__(self, actor: Actor, token: str) -> SessionId | None:
        try:
            async with self.transaction(
                _pre_authentication_of(token, actor, self.refresh_tokens)
            ) as tx:
                sign_in = await self.sign_ins.presenting(digest(token))
                at = await tx.now()
                if sign_in.revoke(at=at):
                    await self.sign_ins.save(sign_in)
                    tx.emit(SignInsEnded(user_id=sign_in.user_id, number=1, at=at))
        except SignInOver:
            return None
        await tell_ended(self.fanout, [sign_in.id])
        return sign_in.id


def _pre_authentication_of(token: str, actor: Actor, refresh_tokens: RefreshTokens) -> Actor:
    """The pre-authentication principal of the token's own tenant.

    An old token names no tenant: then it is that of the tenant which the request names.
    """
    return replace(actor, tenant_id=refresh_tokens.tenant_of(token) or actor.tenant_id)
