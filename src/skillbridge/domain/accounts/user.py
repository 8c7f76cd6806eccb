"""An account: an address that its owner has proved, and what they are here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from skillbridge.domain.accounts.device import DeviceKind
from skillbridge.domain.actor import Role
from skillbridge.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unproven
from skillbridge.domain.events.accounts import (
    AccountEnabled,
    AddressChanged,
    DeviceSignedIn,
    MentoringBarred,
    PasswordChanged,
    PasswordGuessed,
    RegistrationRepeated,
    RoleGranted,
    RoleRevoked,
    SignInsRevoked,
)
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import ProofId, TenantId, UserId
from skillbridge.domain.text import Text, UnfitText

MOST_DEVICES = 10
"""That an account knows: each has guesses of its own."""
NEW = timedelta(days=1)
"""So long after it was made an account's first sign-in is no news to its owner."""


class UnknownAccount(NotFound):
    """No such account, or not yours to see."""


class WrongCredentials(Unproven):
    """The address or the password; which of the two is not told."""


class WrongPassword(Forbidden):
    """Whoever is signed in gave another password than the account's."""

    of_others = False

    def __init__(self) -> None:
        super().__init__(
            "this is not your present password; if you have forgotten it or never set one, ask for a mail "
            "at /v1/auth/password/forgot"
        )


class AddressTaken(Conflict):
    """The new address has an account of its own by now. Only who reads its mails is told."""

    def __init__(self) -> None:
        super().__init__(
            "this address has an account of its own: log in to that one, or choose another address"
        )


class EmailNotVerified(Forbidden):
    """The password was right; the address is not proved yet."""

    of_others = False

    def __init__(self) -> None:
        super().__init__(
            "confirm your e-mail address first: open the link we sent you, "
            "or ask for another at /v1/auth/verification"
        )


class AccountDisabled(Forbidden):
    """Who signs in is the owner; whoever runs this installation has disabled the account."""

    of_others = False

    def __init__(self) -> None:
        super().__init__("this account is disabled; ask whoever runs this installation")


class UnfitReason(UnfitText):
    """Why an operator changes an account is 3 to 200 characters on one line, to be read by who looks later."""


REASON = Text(what="a reason", refusal=UnfitReason, least=3, most=200)


class RoleStays(Invalid):
    """Every account is a learner's first: that role cannot be revoked."""

    def __init__(self) -> None:
        super().__init__("every account is a learner's; disable the account instead", field="role")


@dataclass(slots=True)
class User:
    id: UserId
    tenant_id: TenantId
    email: str
    password_hash: str | None
    """None for one that signs in otherwise; a forgotten one is set anew by mail, and so is its first."""
    roles: frozenset[Role] = frozenset({Role.LEARNER})
    email_verified_at: datetime | None = None
    disabled_at: datetime | None = None
    version: int = 1
    devices: tuple[str, ...] = ()
    """Those where it signed in, by name, the last one at the end."""

    @property
    def verified(self) -> bool:
        return self.email_verified_at is not None

    def register_again(self, *, mailed: bool, at: datetime) -> tuple[Event, ...]:
        """Somebody registers the address a second time: nothing changes, and its owner is told."""
        return (RegistrationRepeated(user_id=self.id, mailed=mailed, at=at),)

    def may_sign_in(self) -> None:
        """Raises EmailNotVerified or AccountDisabled, with the way out."""
        if not self.verified:
            raise EmailNotVerified
        if self.disabled_at is not None:
            raise AccountDisabled

    def remember(self, device: str) -> bool:
        """It was used last, and the one that was not used for longest is forgotten; False if nothing changed."""
        before = self.devices
        others = tuple(one for one in before if one != device)
        self.devices = (*others, device)[-MOST_DEVICES:]
        return self.devices != before

    def sign_in_on_new_device(
        self, device: DeviceKind, *, first: bool, mailed: bool, at: datetime
    ) -> tuple[Event, ...]:
        """Its owner is told, but of the first sign-in to a new account."""
        made = self.email_verified_at
        if first and made is not None and at - made < NEW:
            return ()
        return (DeviceSignedIn(user_id=self.id, device=device.value, mailed=mailed, at=at),)

    def change_password(self, kept: str, *, at: datetime) -> tuple[Event, ...]:
        """`kept` is the hash of the new one. What knew the former one is no device of the account any more."""
        self.password_hash, self.devices = kept, ()
        return (PasswordChanged(user_id=self.id, at=at),)

    def change_address(self, email: str, proof_id: ProofId, *, at: datetime) -> tuple[Event, ...]:
        """To one that this proof has shown to be read."""
        self.email, self.email_verified_at = email, at
        return (AddressChanged(user_id=self.id, proof_id=proof_id, at=at),)

    def grant(self, role: Role, why: str, *, at: datetime) -> tuple[Event, ...]:
        """Adds a role; nothing when the account has it already. Raises UnfitReason."""
        reason = REASON(why, "reason")
        if role in self.roles:
            return ()
        self.roles |= {role}
        return (RoleGranted(user_id=self.id, role=role.value, reason=reason, at=at),)

    def revoke(self, role: Role, why: str, *, at: datetime) -> tuple[Event, ...]:
        """Takes a role away, if the account has it. Raises RoleStays, UnfitReason."""
        reason = REASON(why, "reason")
        if role is Role.LEARNER:
            raise RoleStays
        if role not in self.roles:
            return ()
        self.roles -= {role}
        taken = RoleRevoked(user_id=self.id, role=role.value, reason=reason, at=at)
        barred = (MentoringBarred(user_id=self.id, at=at),) if role is Role.MENTOR else ()
        return (taken, *barred)

    def disable(self, why: str, *, at: datetime) -> tuple[Event, ...]:
        """Nobody signs in to it any more; nothing when it was disabled before. Raises UnfitReason."""
        reason = REASON(why, "reason")
        if self.disabled_at is not None:
            return ()
        self.disabled_at = at
        return (MentoringBarred(user_id=self.id, reason=reason, at=at),)

    def enable(self, why: str, *, at: datetime) -> tuple[Event, ...]:
        """Its owner may sign in again; nothing when they could. Raises UnfitReason."""
        reason = REASON(why, "reason")
        if self.disabled_at is None:
            return ()
        self.disabled_at = None
        return (AccountEnabled(user_id=self.id, reason=reason, at=at),)

    def sign_ins_revoked(self, why: str, *, at: datetime) -> tuple[Event, ...]:
        """By an operator. Raises UnfitReason."""
        return (SignInsRevoked(user_id=self.id, reason=REASON(why, "reason"), at=at),)


def guessed(user: User | None, nobody: UserId, *, at: datetime) -> tuple[Event, ...]:
    """Somebody tries passwords of an address, which may have no account: then it is of `nobody`."""
    return (PasswordGuessed(user_id=user.id if user else nobody, at=at),)
