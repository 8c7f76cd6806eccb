"""An account: an address that its owner has proved, and what they are here."""

from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.actor import Role
from skillbridge.domain.errors import Forbidden, Unproven
from skillbridge.domain.events import Event, RegistrationRepeated
from skillbridge.domain.ids import TenantId, UserId


class WrongCredentials(Unproven):
    """The address or the password; which of the two is not told."""


class EmailNotVerified(Forbidden):
    """The password was right; the address is not proved yet."""

    def __init__(self) -> None:
        super().__init__(
            "confirm your e-mail address first: open the link we sent you, "
            "or ask for another at /v1/auth/verification"
        )


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

    def register_again(self, *, at: datetime) -> tuple[Event, ...]:
        """Somebody registers the address a second time: nothing changes, and its owner is told."""
        return (RegistrationRepeated(user_id=self.id, at=at),)

    def may_sign_in(self) -> None:
        """Raises EmailNotVerified, with the way out."""
        if not self.verified:
            raise EmailNotVerified

    def grant(self, role: Role) -> bool:
        """Adds a role; False when the account has it already."""
        if role in self.roles:
            return False
        self.roles |= {role}
        return True
