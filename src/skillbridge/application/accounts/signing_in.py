"""What every log-in ends with, whatever was shown: a sign-in, and the tokens of it."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from skillbridge.application.accounts.attempts import DAY, HOUR
from skillbridge.application.accounts.guesses import Guesses
from skillbridge.application.accounts.held_roles import HeldRoles
from skillbridge.application.accounts.ports.identities import Identities
from skillbridge.application.accounts.ports.second_factors import Challenges, SecondFactors
from skillbridge.application.accounts.ports.sign_ins import (
    DeviceKeys,
    Devices,
    Networks,
    RefreshTokens,
    SignIns,
)
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.refusals import refusals_told
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.access_tokens import ACCESS_LIFE, Tokens
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.transaction import Transaction, Tx
from skillbridge.application.security_signals import SecuritySignals
from skillbridge.domain.accounts import email_address
from skillbridge.domain.accounts.device import kind_of
from skillbridge.domain.accounts.one_time_proof import CodeRefused
from skillbridge.domain.accounts.second_factor import (
    Challenge,
    ChallengeOver,
    SecondFactorNeeded,
    WrongCode,
    codes_guessed,
)
from skillbridge.domain.accounts.sign_in import Origin, SignIn, Use, digest
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import Authentication, Method
from skillbridge.domain.errors import TooMany
from skillbridge.domain.events.accounts import SignedIn
from skillbridge.domain.ids import IdentityId, ProofId, SessionId

log = logging.getLogger(__name__)

TOLD = 8
"""Mails an hour to one person about devices that signed in: a budget that no stranger can use up."""
MISTAKES = 2
"""Wrong codes of an account within an hour, of which nobody is told."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The sign-in that starts once its person is proved."""

    token: str
    use: Use
    origin: Origin
    device: str
    """What the device may show at later log-ins."""
    name: str
    """By which the account knows it."""
    mailed: bool
    """Whether a mail may tell its owner of a device that is not known."""


@dataclass(frozen=True, slots=True)
class SigningIn:
    """A key that is proved binds the sign-in to it. Its owner is told of a device that was not known."""

    transaction: Transaction
    users: Users
    sign_ins: SignIns
    identities: Identities
    second_factors: SecondFactors
    challenges: Challenges
    tokens: Tokens
    refresh_tokens: RefreshTokens
    devices: Devices
    device_keys: DeviceKeys
    networks: Networks
    rate_limit: RateLimit
    cache: Cache
    held_roles: HeldRoles
    known_tenants: KnownTenants
    signals: SecuritySignals

    async def wanted(self, user: User, origin: Origin, *, key: bytes | None, device: str) -> Wanted:
        """`key` is the thumbprint that was proved, `device` what an earlier log-in answered.

        Who has proved it is them is told if their tenant is suspended, and nobody else. Raises
        TenantIsSuspended.
        """
        (await self.known_tenants.now(user.tenant_id)).must_be_active()
        name = self.devices.known(device, user.tenant_id, user.email) if device else None
        known = name is not None and name in user.devices
        if name is None or not known:
            device, name = self.devices.remembered(user.tenant_id, user.email)
        return Wanted(
            self.refresh_tokens.first(user.tenant_id),
            Use(key, self.networks.marks(user.id, origin.network)[0]),
            origin,
            device,
            name,
            not known and await self.may_be_told(f"new-device:{user.id}", TOLD, HOUR),
        )

    async def nothing_started(self, user: User, wanted: Wanted) -> None:
        """The mail that nobody gets counts for nothing."""
        if wanted.mailed:
            await self.rate_limit.give_back(f"new-device:{user.id}", limit=TOLD, per=HOUR)

    @asynccontextmanager
    async def starting(self, user: User, wanted: Wanted) -> AsyncIterator[None]:
        """Where no sign-in starts within, its mail is given back."""
        try:
            yield
        except Exception:
            await self.nothing_started(user, wanted)
            raise

    @asynccontextmanager
    async def completing(self, anonymous: Actor, user: User, wanted: Wanted) -> AsyncIterator[None]:
        """`starting`, by a code as second half: the log is told of what is refused, and the owner of guesses."""
        with refusals_told({"user": str(user.id)}):
            try:
                async with self.starting(user, wanted):
                    yield
            except (WrongCode, CodeRefused):
                await self.tell_of_guesses(anonymous, user)
                raise

    async def start(self, tx: Tx, user: User, wanted: Wanted, *, at: datetime) -> SignIn:
        """Within the transaction that holds the account."""
        known = wanted.name in user.devices
        if user.remember(wanted.name):
            await self.users.save(user)
        if not known:
            first, kind = not await self.sign_ins.any_of(user.id), kind_of(wanted.origin.device)
            told = user.sign_in_on_new_device(kind, first=first, mailed=wanted.mailed, at=at)
            tx.emit(*told)
        token, device = digest(wanted.token), wanted.origin.device
        id_ = SessionId(uuid4())
        sign_in = SignIn.start(id_, user.id, token, wanted.use, device=device, at=at)
        await self.sign_ins.add(sign_in)
        tx.emit(SignedIn(user_id=user.id, session_id=id_, at=at))
        return sign_in

    async def begun(
        self,
        tx: Tx,
        user: User,
        wanted: Wanted,
        upon: Method,
        *,
        at: datetime,
        by: IdentityId | None = None,
    ) -> SignIn | Challenge:
        """As `start`, or a challenge where the account wants a code, too. `by` is the identity that was shown."""
        factor = await self.second_factors.peek(user.id)
        if factor is not None and factor.active:
            key, id_ = wanted.use.key, ProofId(uuid4())
            return Challenge.of(id_, user, key, upon, by, factor.kind, at=at)
        return await self.start(tx, user, wanted, at=at)

    async def must_still_open(self, half: Challenge) -> None:
        """Within the transaction that holds the account. Raises ChallengeOver for what was unlinked since."""
        if half.identity_id is not None:
            linked = {one.id for one in await self.identities.of(half.user_id)}
            if half.identity_id not in linked:
                raise ChallengeOver

    async def answered(
        self,
        user: User,
        started: SignIn | Challenge,
        wanted: Wanted,
        upon: Method,
        *,
        fresh: bool = True,
    ) -> LoggedIn:
        """After the commit; not `fresh` where nobody has shown anything just now. Raises SecondFactorNeeded."""
        if isinstance(started, Challenge):
            await self.nothing_started(user, wanted)
            raise SecondFactorNeeded(self.challenges.written(started), started.kind)
        return await self.logged_in(user, started, wanted, upon, fresh=fresh)

    async def logged_in(
        self, user: User, sign_in: SignIn, wanted: Wanted, *methods: Method, fresh: bool = True
    ) -> LoggedIn:
        """The first tokens of a sign-in; the access token shows the proof, if it is a fresh one."""
        network = wanted.origin.network
        await Guesses(self.cache, user.tenant_id, user.email, network, None).remember_network()
        upon = Authentication(frozenset(methods), sign_in.created_at) if fresh else None
        roles = user.roles
        if self.held_roles.bound(user):
            async with self.transaction(Actor.pre_authentication(user.tenant_id), read_only=True):
                roles = await self.held_roles.of(user)
        access = self.tokens.issue(user.id, user.tenant_id, sign_in.id, roles, upon)
        life = int(ACCESS_LIFE.total_seconds())
        log.info(
            "sign_in.started",
            extra={
                "user": str(user.id),
                "session": str(sign_in.id),
                "methods": sorted(methods),
                "known_device": wanted.name in user.devices,
            },
        )
        return LoggedIn(access, wanted.token, life, device=wanted.device)

    async def tell_of_guesses(self, anonymous: Actor, user: User) -> None:
        """Of wrong codes after a right password: once a day, and not of what may be a mistake."""
        await self.signals.guessed(anonymous, email_address.pseudonym(user.email), user.id)
        if await self.may_be_told(f"code-mistakes:{user.id}", MISTAKES, HOUR):
            return
        if not await self.may_be_told(f"codes-guessed:{user.id}", 1, DAY):
            return
        async with self.transaction(anonymous) as tx:
            tx.emit(*codes_guessed(user, at=await tx.now()))

    async def may_be_told(self, budget: str, times: int, per: timedelta) -> bool:
        """Takes one of the mails that an owner is sent about something, each with a budget of its own."""
        try:
            await self.rate_limit.spend(budget, limit=times, per=per)
        except TooMany:
            return False
        return True
