"""From an address to an account. What is answered never tells whether an address has one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from skillbridge.application.accounts.attempts import (
    HOUR,
    Allowance,
    counting_failures,
    give_back,
    take,
)
from skillbridge.application.accounts.guesses import Guesses
from skillbridge.application.accounts.new_password import must_be_strong
from skillbridge.application.accounts.ports.passwords import PasswordHasher, PasswordStrength
from skillbridge.application.accounts.ports.proofs import BrokenLink, Links
from skillbridge.application.accounts.ports.users import Registrations, Users
from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import Profiles
from skillbridge.domain.accounts import email_address, password
from skillbridge.domain.accounts.registration import LinkOutdated, Registration
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import User, WrongCredentials
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Faults, Invalid, TooMany
from skillbridge.domain.ids import RegistrationId, TenantId, UserId
from skillbridge.domain.profiles.profile import NAME, Details

REGISTRATIONS = 60
"""An hour from one network: a class behind one address registers within a lesson."""
REFUSED = 600
"""An hour from one network that do not count: a class finds out what a strong password is."""
MAILS_ASKED = 4
"""An hour from one network for one address: a registration, and the mail three times more."""
MAILS = 8
"""An hour to one address that nobody is signed in to: no more, whoever asks."""
GUESSES, ALONE = 10, 3
"""Wrong passwords an hour for one address, by whoever has a link of it; and in each process alone while
Redis is away."""
TRIED = 32
"""The newest registrations of an address that a link is tried on: what eight networks make in an
hour. Each costs as much as a log-in."""
FORGET_EVERY = HOUR
FORGOTTEN_AT_ONCE = 10_000
"""Rows that one job deletes: the next slot takes the rest."""


@dataclass(frozen=True, slots=True)
class RegisterUser:
    """Somebody wants an account; who reads the mails of the address decides whether they get it.

    Registering an address again gives the same answer as the first time, after the same work, and
    disturbs nothing that waits. When the address has had its mails of this hour, no other is sent, and
    the registration waits all the same: a link of these mails serves. What a network may not register
    for an address any more in this hour, does not happen.
    """

    transaction: Transaction
    users: Users
    registrations: Registrations
    hasher: PasswordHasher
    strength: PasswordStrength
    rate_limit: RateLimit
    tenants: KnownTenants

    async def __call__(
        self, actor: Actor, email: str, secret: str, name: str, *, origin: Origin
    ) -> None:
        """Raises FeatureOff where the tenant lets no strangers in, and in one that is not there."""
        tenant = await self.tenants.now(actor.tenant_id)
        tenant.must_let_in()
        registrations = Allowance(f"register:{origin.network}", REGISTRATIONS, HOUR)
        await take(self.rate_limit, [registrations])
        faults = Faults()
        with faults.noted():
            details = Details(name=name, languages=tenant.settings.languages)
        with faults.noted():
            address = email_address.normalised(email)
        with faults.noted():
            chosen = password.well_formed(secret)
            # As it was typed, so that a weak password is named beside a malformed address.
            judged = {"email": email, "name": name[: NAME.most]}
            await must_be_strong(self.strength, chosen, **judged, origin=origin)
        try:
            faults.refuse()
        except Invalid:
            mended = Allowance(f"mended:{origin.network}", REFUSED, HOUR)
            if await could_take(self.rate_limit, [mended]):
                await give_back(self.rate_limit, [registrations])
            raise
        kept = await self.hasher.hash(chosen, network=origin.network)
        of_network, of_all = mails_to(actor.tenant_id, address, origin.network)
        if await could_take(self.rate_limit, [of_network]):
            mailed = await could_take(self.rate_limit, [of_all])
            await self._write(actor, address, kept, details.name, mailed=mailed)

    async def _write(
        self, actor: Actor, address: str, kept: str, name: str, *, mailed: bool
    ) -> None:
        """Beside an account it waits for nobody: no mail holds its code, which is guessed at as any other."""
        id_ = RegistrationId(uuid4())
        async with self.transaction(actor) as tx:
            user, now = await self.users.with_email(address), await tx.now()
            made, started = Registration.start(
                id_, actor.tenant_id, address, kept, name, mailed=mailed, at=now
            )
            await self.registrations.add(made)
            tx.emit(*(user.register_again(mailed=mailed, at=now) if user else started))


@dataclass(frozen=True, slots=True)
class ConfirmingRegistrations:
    """A registration becomes the account by its password, once its address was shown to be read."""

    transaction: Transaction
    users: Users
    profiles: Profiles
    registrations: Registrations
    links: Links
    hasher: PasswordHasher
    rate_limit: RateLimit
    cache: Cache

    async def proved(
        self, opened: Sequence[Registration | User], secret: str, origin: Origin
    ) -> Registration | User:
        """The first of these that has this password. Raises WrongCredentials."""
        for one in opened:
            if await self.hasher.matches(secret, one.password_hash, network=origin.network):
                return one
        raise WrongCredentials("this is not the password chosen when this address was registered")

    async def confirm(self, anonymous: Actor, proved: Registration | User, origin: Origin) -> None:
        """Nothing for an account; the network counts as one of it from then on. Raises LinkOutdated."""
        if isinstance(proved, Registration):
            await self._confirm(anonymous, proved)
        here = Guesses(self.cache, anonymous.tenant_id, proved.email, origin.network, None)
        await here.remember_network()

    async def _confirm(self, anonymous: Actor, waiting: Registration) -> None:
        """The account first: two links of one address take turns at its unique key."""
        async with self.transaction(anonymous) as tx:
            user, profile, events = waiting.confirm(at=await tx.now())
            if not await self.users.add(user):
                if await self.users.find(user.id):
                    return
                raise LinkOutdated
            if waiting.id not in await self.registrations.end(waiting.email):
                raise LinkOutdated
            await self.profiles.add(profile)
            tx.emit(*events)


class VerifyEmail(ConfirmingRegistrations):
    """A link that was mailed to an address and the password of a registration of it make the account.

    Any link will do, for it shows who reads the mails; the password shows which registration is
    theirs. So a stranger who uses up the mails of an address only sends its owner what they need.

    The network counts as one of the account's from then on. The link names the tenant. Doing it twice
    with the registration's own link changes nothing; a link of another registration is over once the
    account is made. Raises BrokenLink, LinkOutdated, WrongCredentials, and TooMany after ten wrong
    passwords in an hour.
    """

    async def __call__(self, actor: Actor, token: str, secret: str, *, origin: Origin) -> None:
        link = self.links.opened(token)
        anonymous = replace(actor, tenant_id=link.tenant_id)
        opened = await self._opened_by(anonymous, link.registration_id)
        address = email_address.pseudonym(opened[0].email)
        guesses = Allowance(f"verify:{link.tenant_id}:{address}", GUESSES, HOUR, ALONE)
        async with counting_failures(self.rate_limit, [guesses]):
            proved = await self.proved(opened, password.normalised(secret), origin)
        await self.confirm(anonymous, proved, origin)

    async def _opened_by(
        self, anonymous: Actor, id_: RegistrationId
    ) -> Sequence[Registration | User]:
        """The account of this link; or its registration, and others of the address. Never empty."""
        async with self.transaction(anonymous, read_only=True) as tx:
            own, now = await self.registrations.get(id_), await tx.now()
            if own is None:
                account = await self.users.find(UserId(id_))
                if account is None:
                    raise LinkOutdated
                return [account]
            if own.over(at=now):
                raise LinkOutdated
            newest = await self.registrations.of_address(own.email, at=now, limit=TRIED)
        return [own, *(one for one in newest if one.id != own.id)]


@dataclass(frozen=True, slots=True)
class ResendVerification:
    """The mail did not come: send it once more, if anything waits for this address.

    `token`, of any link of ours, names the tenant for who cannot send a header.
    """

    transaction: Transaction
    registrations: Registrations
    links: Links
    rate_limit: RateLimit

    async def __call__(self, actor: Actor, email: str, *, origin: Origin, token: str = "") -> None:
        address = email_address.normalised(email)
        tenant_id = self._tenant(token) or actor.tenant_id
        await self.rate_limit.spend(f"resend:{origin.network}", limit=REGISTRATIONS, per=HOUR)
        if not await may_be_mailed(self.rate_limit, tenant_id, address, origin.network):
            return
        async with self.transaction(replace(actor, tenant_id=tenant_id)) as tx:
            now = await tx.now()
            waiting = await self.registrations.of_address(address, at=now, limit=1)
            for newest in waiting:
                tx.emit(*newest.ask_again(at=now))
        if not waiting:
            # An address that was sent nothing can be registered as before.
            await give_back(self.rate_limit, mails_to(tenant_id, address, origin.network))

    def _tenant(self, token: str) -> TenantId | None:
        try:
            return self.links.opened(token).tenant_id if token else None
        except BrokenLink:
            return None


@dataclass(frozen=True, slots=True)
class ForgetRegistrations:
    """By the clock: deletes what waited for longer than its day."""

    transaction: Transaction
    registrations: Registrations

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  old is old in any slot
        async with self.transaction(actor) as tx:
            await self.registrations.forget(await tx.now(), limit=FORGOTTEN_AT_ONCE)


async def may_be_mailed(
    rate_limit: RateLimit, tenant_id: TenantId, address: str, network: str, *, about: str = "mail"
) -> bool:
    """Takes one of the mails that an address is sent in an hour at nobody's proved wish.

    One budget for whatever can be caused without being signed in, and silent, so that it tells
    nobody what became of it. Mails that let a password be set are counted apart: who uses up the
    others takes none of these.
    """
    return await could_take(rate_limit, mails_to(tenant_id, address, network, about=about))


async def could_take(rate_limit: RateLimit, allowances: Sequence[Allowance]) -> bool:
    """One of each, or False where one of them is used up."""
    try:
        await take(rate_limit, allowances)
    except TooMany:
        return False
    return True


def mails_to(
    tenant_id: TenantId, address: str, network: str, *, about: str = "mail"
) -> tuple[Allowance, ...]:
    """Those that one network may ask for, and those of everybody together."""
    name = f"{about}:{tenant_id}:{email_address.pseudonym(address)}"
    return Allowance(f"{name}:{network}", MAILS_ASKED, HOUR), Allowance(name, MAILS, HOUR)
