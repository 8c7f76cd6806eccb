"""An account: an address, whether it is proved, and what its owner is here."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from skillbridge.domain.actor import Role
from skillbridge.domain.errors import Conflict, Forbidden, Unproven
from skillbridge.domain.events import (
    EmailVerified,
    Event,
    RegistrationRepeated,
    UserRegistered,
    VerificationRequested,
)
from skillbridge.domain.ids import TenantId, UserId


class WrongCredentials(Unproven):
    """The address or the password; which of the two is not told."""


class EmailNotVerified(Forbidden):
    """The password was right; the address is not proved yet."""


class LinkOutdated(Conflict):
    """The account was registered again after this link was sent."""


@dataclass(slots=True)
class User:
    id: UserId
    tenant_id: TenantId
    email: str
    password_hash: str
    roles: frozenset[Role] = frozenset({Role.LEARNER})
    email_verified_at: datetime | None = None
    version: int = 1

    @property
    def verified(self) -> bool:
        return self.email_verified_at is not None

    @property
    def registration(self) -> bytes:
        """Names the present registration, so that a link sent for an earlier one opens nothing."""
        return sha256(self.password_hash.encode()).digest()[:8]

    def registered(self, *, at: datetime) -> tuple[Event, ...]:
        """This account is new."""
        return (UserRegistered(user_id=self.id, at=at),)

    def register_again(self, password_hash: str, *, at: datetime) -> tuple[Event, ...]:
        """Somebody registers the address a second time.

        A proved account does not change; its owner is told. An unproved one takes the new
        password and links sent before stop working: else whoever registers a stranger's
        address first would know the password of the account that the stranger then proves.
        """
        if self.verified:
            return (RegistrationRepeated(user_id=self.id, at=at),)
        self.password_hash = password_hash
        return (VerificationRequested(user_id=self.id, at=at),)

    def ask_verification(self, *, at: datetime) -> tuple[Event, ...]:
        """Wants the link once more; a proved address needs none."""
        return () if self.verified else (VerificationRequested(user_id=self.id, at=at),)

    def verify_email(self, registration: bytes, *, at: datetime) -> tuple[Event, ...]:
        """The owner opened the link of this registration; opening it again changes nothing.

        Raises LinkOutdated for the link of an earlier registration.
        """
        if self.verified:
            return ()
        if registration != self.registration:
            raise LinkOutdated("this link is no longer valid: open the one in the newest mail")
        self.email_verified_at = at
        return (EmailVerified(user_id=self.id, at=at),)

    def may_sign_in(self) -> None:
        """Raises EmailNotVerified, with the way out."""
        if not self.verified:
            raise EmailNotVerified(
                "confirm your e-mail address first: open the link we sent you, "
                "or ask for another at /v1/auth/verification"
            )

    def grant(self, role: Role) -> bool:
        """Adds a role; False when the account has it already."""
        if role in self.roles:
            return False
        self.roles |= {role}
        return True
