"""From an address to an account. What is answered never tells whether an address has one."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from skillbridge.application.accounts.attempts import (
    Allowance,
    counting_failures,
    give_back,
    take,
)
from skillbridge.application.accounts.ports import (
    BrokenLink,
    Links,
    PasswordHasher,
    PasswordStrength,
    Profiles,
    Registrations,
    Users,
)
from skillbridge.application.ports import RateLimit, Transaction
from skillbridge.domain.accounts import email_address, password
from skillbridge.domain.accounts.profile import NAME, Details
from skillbridge.domain.accounts.registration import LinkOutdated, Registration
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Faults, TooMany
from skillbridge.domain.ids import RegistrationId, TenantId, UserId

HOUR = timedelta(hours=1)
REGISTRATIONS = 60
"""An hour from one network: a class behind one address registers within a lesson."""
MAILS_ASKED = 4
"""An hour from one network to one address: a registration, and the mail three times more."""
MAILS = 8
"""An hour to one address that nobody is signed in to, so that one stranger leaves some to its owner."""
GUESSES = 10
"""Wrong passwords an hour for one registration, by whoever has its link."""
FORGET_EVERY = HOUR
FORGOTTEN_AT_ONCE = 10_000
"""Rows that one job deletes: the next slot takes the rest."""


@dataclass(frozen=True, slots=True)
class RegisterUser:
    """Somebody wants an account; who reads the mails of the address decides whether they get it.

    Registering an address again gives the same answer as the first time, after the same work, and
    disturbs nothing that waits. When the address has had its mails of this hour, nothing happens.
    """

    transaction: Transaction
    users: Users
    registrations: Registrations
    hasher: PasswordHasher
    strength: PasswordStrength
    rate_limit: RateLimit

    async def __call__(
        self, actor: Actor, email: str, secret: str, name: str, *, origin: Origin
    ) -> None:
        faults = Faults()
        with faults.noted():
            details = Details(name=name)
        with faults.noted():
            address = email_address.normalised(email)
        with faults.noted():
            chosen = password.well_formed(secret)
            await self._must_be_strong(chosen, email, name[: NAME.most], origin)
        faults.refuse()
        kept = await self.hasher.hash(chosen, network=origin.network)
        if await may_be_mailed(self.rate_limit, actor.tenant_id, address, origin.network):
            await self._write(actor, address, kept, details.name)

    async def _must_be_strong(self, chosen: str, email: str, name: str, origin: Origin) -> None:
        """Judged as it was typed, so that a weak password is named beside a malformed address."""
        await self.rate_limit.spend(f"register:{origin.network}", limit=REGISTRATIONS, per=HOUR)
        strength = await self.strength(chosen, (email, name), network=origin.network)
        password.hard_to_guess(chosen, strength, email=email.strip(), name=name.strip())

    async def _write(self, actor: Actor, address: str, kept: str, name: str) -> None:
        id_ = RegistrationId(uuid4())
        async with self.transaction(actor) as tx:
            user, now = await self.users.with_email(address), await tx.now()
            if user is not None:
                tx.emit(*user.register_again(at=now))
                return
            made, events = Registration.start(id_, actor.tenant_id, address, kept, name, at=now)
            await self.registrations.add(made)
            tx.emit(*events)


@dataclass(frozen=True, slots=True)
class VerifyEmail:
    """The link of a mail and the password of its registration make the account.

    The link names the tenant. Doing it twice changes nothing. Raises BrokenLink, LinkOutdated,
    WrongCredentials, and TooMany after ten wrong passwords in an hour.
    """

    transaction: Transaction
    users: Users
    profiles: Profiles
    registrations: Registrations
    links: Links
    hasher: PasswordHasher
    rate_limit: RateLimit

    async def __call__(self, actor: Actor, token: str, secret: str, *, origin: Origin) -> None:
        link = self.links.opened(token)
        anonymous = replace(actor, tenant_id=link.tenant_id)
        async with self.transaction(anonymous, read_only=True):
            waiting = await self.registrations.get(link.registration_id)
            account = await self.users.find(UserId(link.registration_id))
        known = waiting or account
        if known is None:
            raise LinkOutdated
        guesses = Allowance(f"verify:{link.registration_id}", GUESSES, HOUR)
        async with counting_failures(self.rate_limit, [guesses]):
            if not await self.hasher.matches(
                password.normalised(secret), known.password_hash, network=origin.network
            ):
                raise WrongCredentials("this is not the password chosen with this registration")
        if waiting is not None:
            await self._confirm(anonymous, waiting)

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
            await give_back(self.rate_limit, _mails_to(tenant_id, address, origin.network))

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
    rate_limit: RateLimit, tenant_id: TenantId, address: str, network: str
) -> bool:
    """Takes one of the mails that an address is sent in an hour at nobody's proved wish.

    One budget for whatever can be caused without being signed in, and silent, so that it tells
    nobody what became of it.
    """
    try:
        await take(rate_limit, _mails_to(tenant_id, address, network))
    except TooMany:
        return False
    return True


def _mails_to(tenant_id: TenantId, address: str, network: str) -> tuple[Allowance, ...]:
    name = f"mail:{tenant_id}:{email_address.pseudonym(address)}"
    return Allowance(f"{name}:{network}", MAILS_ASKED, HOUR), Allowance(name, MAILS, HOUR)
