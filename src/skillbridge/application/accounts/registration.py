"""From an address to an account. What is answered never tells whether an address has one."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from skillbridge.application.accounts.ports import (
    Links,
    PasswordHasher,
    PasswordStrength,
    Profiles,
    Users,
)
from skillbridge.application.ports import Clock, RateLimit, Transaction
from skillbridge.domain.accounts import email_address, password
from skillbridge.domain.accounts.profile import NAME, Details, Profile
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Faults
from skillbridge.domain.events import Event
from skillbridge.domain.ids import UserId

HOUR = timedelta(hours=1)
REGISTRATIONS = 60
"""An hour from one network: a class behind one address registers within a lesson."""
MAILS = 3
"""An hour to one address."""


@dataclass(frozen=True, slots=True)
class RegisterUser:
    """Somebody wants an account; the address decides by mail whether it is theirs.

    Registering an address again gives the same answer as the first time, after the same work.
    """

    transaction: Transaction
    users: Users
    profiles: Profiles
    hasher: PasswordHasher
    strength: PasswordStrength
    rate_limit: RateLimit
    clock: Clock

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
        kept = await self.hasher.hash(chosen)
        user = User(UserId(uuid4()), actor.tenant_id, address, kept)
        async with self.transaction(actor) as tx:
            if await self.users.add(user):
                await self.profiles.add(Profile(user.id, details))
                tx.emit(*user.registered(at=self.clock()))
            else:
                tx.emit(*await self._again(user))

    async def _must_be_strong(self, chosen: str, email: str, name: str, origin: Origin) -> None:
        """Judged as it was typed, so that a weak password is named beside a malformed address."""
        await self.rate_limit.spend(f"register:{origin.network}", limit=REGISTRATIONS, per=HOUR)
        strength = await self.strength(chosen, (email, name))
        password.hard_to_guess(chosen, strength, email=email.strip(), name=name.strip())

    async def _again(self, newcomer: User) -> tuple[Event, ...]:
        user = await self.users.owner_of(newcomer.email)
        events = user.register_again(newcomer.password_hash, at=self.clock())
        if not user.verified:
            await self.users.save(user)
        return events


@dataclass(frozen=True, slots=True)
class VerifyEmail:
    """The link of the mail was opened; it names the tenant, so a browser needs no header."""

    transaction: Transaction
    users: Users
    links: Links
    clock: Clock

    async def __call__(self, actor: Actor, token: str) -> None:
        now = self.clock()
        link = self.links.opened(token, at=now)
        async with self.transaction(replace(actor, tenant_id=link.tenant_id)) as tx:
            user = await self.users.get(link.user_id)
            events = user.verify_email(link.registration, at=now)
            if events:
                await self.users.save(user)
                tx.emit(*events)


@dataclass(frozen=True, slots=True)
class ResendVerification:
    """The mail did not come: send it once more, if this address waits for one."""

    transaction: Transaction
    users: Users
    rate_limit: RateLimit
    clock: Clock

    async def __call__(self, actor: Actor, email: str) -> None:
        address = email_address.normalised(email)
        name = f"verification:{actor.tenant_id}:{email_address.pseudonym(address)}"
        await self.rate_limit.spend(name, limit=MAILS, per=HOUR)
        async with self.transaction(actor) as tx:
            user = await self.users.with_email(address)
            if user is not None:
                tx.emit(*user.ask_verification(at=self.clock()))
