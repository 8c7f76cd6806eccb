"""Signing in, staying signed in, and signing out."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from skillbridge.application.accounts.ports import (
    ACCESS_LIFE,
    PasswordHasher,
    RefreshTokens,
    SignIns,
    Tokens,
    Users,
)
from skillbridge.application.accounts.views import SignedIn
from skillbridge.application.ports import Clock, RateLimit, Transaction
from skillbridge.domain.accounts import email_address, password
from skillbridge.domain.accounts.sign_in import Origin, SignIn, SignInOver, TokenStolen, digest
from skillbridge.domain.accounts.user import User, WrongCredentials
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SessionId

WINDOW = timedelta(minutes=5)
ATTEMPTS = 10
"""In a window, to one account."""
NETWORK_ATTEMPTS = 200
"""In a window, from one network: a mobile carrier puts thousands behind one address."""


@dataclass(frozen=True, slots=True)
class LogIn:
    """Proves an account by its password and starts a sign-in.

    Raises WrongCredentials, the same for an unknown address and a wrong password and after the
    same work; EmailNotVerified, only once the password was right; TooMany after 10 attempts in
    5 minutes on one account or from one network.
    """

    transaction: Transaction
    users: Users
    sign_ins: SignIns
    hasher: PasswordHasher
    tokens: Tokens
    refresh_tokens: RefreshTokens
    rate_limit: RateLimit
    clock: Clock

    async def __call__(self, actor: Actor, email: str, secret: str, *, origin: Origin) -> SignedIn:
        address = email_address.normalised(email)
        await self._spend(actor, address, origin)
        user = await self._proved(actor, address, password.normalised(secret))
        user.may_sign_in()
        better = await self._better_hash(user, secret)
        token = self.refresh_tokens.first()
        sign_in = SignIn.start(
            SessionId(uuid4()), user.id, digest(token), device=origin.device, at=self.clock()
        )
        async with self.transaction(actor):
            await self.sign_ins.add(sign_in)
            if better is not None:
                await self._keep(user, better)
        return _signed_in(self.tokens, user, sign_in, token)

    async def _spend(self, actor: Actor, address: str, origin: Origin) -> None:
        account = f"login:{actor.tenant_id}:{email_address.pseudonym(address)}"
        network = f"login:{origin.network}"
        await self.rate_limit.spend(network, limit=NETWORK_ATTEMPTS, per=WINDOW)
        await self.rate_limit.spend(account, limit=ATTEMPTS, per=WINDOW)

    async def _proved(self, actor: Actor, address: str, secret: str) -> User:
        async with self.transaction(actor, read_only=True):
            user = await self.users.with_email(address)
        right = await self.hasher.matches(secret, user.password_hash if user else None)
        if user is None or not right:
            raise WrongCredentials("the e-mail address or the password is wrong")
        return user

    async def _better_hash(self, user: User, secret: str) -> str | None:
        if not self.hasher.outdated(user.password_hash):
            return None
        return await self.hasher.hash(password.normalised(secret))

    async def _keep(self, proved: User, better: str) -> None:
        """Unless the password was changed since it was proved."""
        user = await self.users.get(proved.id)
        if user.password_hash == proved.password_hash:
            user.password_hash = better
            await self.users.save(user)


@dataclass(frozen=True, slots=True)
class RefreshSession:
    """A refresh token for the next one and a new access token.

    Raises SignInOver, and TokenStolen after the whole sign-in has been revoked for good.
    """

    transaction: Transaction
    users: Users
    sign_ins: SignIns
    tokens: Tokens
    refresh_tokens: RefreshTokens
    clock: Clock

    async def __call__(self, actor: Actor, token: str) -> SignedIn:
        successors = {digest(t): t for t in self.refresh_tokens.successors(token)}
        async with self.transaction(actor) as tx:
            sign_in = await self.sign_ins.presenting(digest(token))
            user = await self.users.peek(sign_in.user_id)
            theft = sign_in.refresh(tuple(successors), at=self.clock())
            await self.sign_ins.save(sign_in)
            tx.emit(*theft)
        if theft:  # refused only now: raised inside, it would undo the revocation
            raise TokenStolen
        assert sign_in.successor is not None
        return _signed_in(self.tokens, user, sign_in, successors[sign_in.successor.hash])


@dataclass(frozen=True, slots=True)
class LogOut:
    """Ends the sign-in of a refresh token; one that has ended, or never was, is no error."""

    transaction: Transaction
    sign_ins: SignIns
    clock: Clock

    async def __call__(self, actor: Actor, token: str) -> None:
        try:
            async with self.transaction(actor):
                sign_in = await self.sign_ins.presenting(digest(token))
                if sign_in.revoke(at=self.clock()):
                    await self.sign_ins.save(sign_in)
        except SignInOver:
            return


def _signed_in(tokens: Tokens, user: User, sign_in: SignIn, token: str) -> SignedIn:
    access = tokens.issue(user, sign_in.id)
    return SignedIn(access, token, int(ACCESS_LIFE.total_seconds()))
