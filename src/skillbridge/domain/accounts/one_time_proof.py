"""A one-time proof: who answers a mail shows, once and for one purpose, that they read it.

The mail holds a link, and a short code for whoever reads mails on another device. Both are the same
proof: when one of them is used or outdated, so is the other, and a newer proof of the same purpose
ends both. A code is short enough to be guessed, so it is looked at five times at most; the link
outlives these, or else a stranger's guesses would take it from its reader.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from skillbridge.domain.accounts.device import DeviceKind
from skillbridge.domain.accounts.user import User, WrongCredentials
from skillbridge.domain.errors import Conflict
from skillbridge.domain.events.accounts import (
    AddressChangeRequested,
    FactorCodeRequested,
    PasswordResetRequested,
    SignInCodeRequested,
    TextedCodeRequested,
)
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import ProofId, TenantId, UserId

LIFE = timedelta(minutes=30)
CODE_LIFE = timedelta(minutes=10)
"""Of what signs in by itself: ASVS 5.0, 6.5.5 allows no more."""
TRIES = 5
KEPT = timedelta(days=1)
"""After its end: so long a mail to the address that an account had may wait to be sent."""


class Purpose(StrEnum):
    """A proof of one never serves another."""

    RESET_PASSWORD = "reset_password"  # noqa: S105  # no password
    CHANGE_ADDRESS = "change_address"
    SIGN_IN = "sign_in"
    SET_UP_FACTOR = "set_up_factor"
    SECOND_FACTOR = "second_factor"
    STEP_UP = "step_up"
    VERIFY_PHONE = "verify_phone"
    SET_UP_SMS = "set_up_sms"
    SMS_SECOND_FACTOR = "sms_second_factor"
    SMS_STEP_UP = "sms_step_up"


TEXTED = frozenset(
    {Purpose.VERIFY_PHONE, Purpose.SET_UP_SMS, Purpose.SMS_SECOND_FACTOR, Purpose.SMS_STEP_UP}
)
"""What goes to a phone: a code of a mail is none of a text, whatever both are for."""


WAYS_ON = {
    Purpose.RESET_PASSWORD: "look at the digits once more; if the password has been set with it, log in; "
    "else ask for a new mail",
    Purpose.CHANGE_ADDRESS: "look at the digits once more, and whether your account has the address "
    "already; else log in and ask for the change once more",
}
"""Where there is more to do than to ask for a new code."""


class CodeRefused(WrongCredentials):
    """The code of a mail, or what was answered to who asked for it: which of them, and why, is not told."""

    def __init__(self) -> None:
        super().__init__(
            "this code is wrong, used already, too old, replaced by that of a newer mail, or was guessed at "
            "too often: look at the digits of the newest mail once more, or ask for a new code"
        )


class ProofOutdated(Conflict):
    """This link or code was used, is too old or wrong, or a newer mail has replaced it."""

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(
            "this link or code is wrong, used already, too old, or replaced by that of a newer mail: "
            f"{WAYS_ON.get(purpose, 'ask for a new code')}"
        )


@dataclass(frozen=True, slots=True)
class OneTimeProof:
    """What opens it is kept nowhere: link and code are derived from its id by keys outside of the store."""

    id: ProofId
    tenant_id: TenantId
    purpose: Purpose
    user_id: UserId | None
    """Nobody's where an address without an account was given: it costs the same, and opens nothing."""
    expires_at: datetime
    email: str | None = None
    """The address that the account shall have."""
    former_email: str | None = None
    """The one that it has while this is asked: told of it, also when it has become another."""
    tries: int = 0
    used_at: datetime | None = None

    @classmethod
    def to_reset(
        cls, id_: ProofId, tenant_id: TenantId, user: User | None, *, at: datetime
    ) -> tuple["OneTimeProof", tuple[Event, ...]]:
        """For whoever has forgotten the password of this account; a disabled one is nobody's."""
        whose = user.id if user is not None and user.disabled_at is None else None
        made = cls(id_, tenant_id, Purpose.RESET_PASSWORD, whose, at + LIFE)
        return made, (PasswordResetRequested(proof_id=id_, at=at),)

    @classmethod
    def to_change(
        cls, id_: ProofId, user: User, email: str, *, at: datetime
    ) -> tuple["OneTimeProof", tuple[Event, ...]]:
        """Mailed to the address that the account shall have."""
        made = cls(
            *(id_, user.tenant_id, Purpose.CHANGE_ADDRESS, user.id, at + LIFE),
            email=email,
            former_email=user.email,
        )
        return made, (AddressChangeRequested(user_id=user.id, proof_id=id_, at=at),)

    @classmethod
    def to_sign_in(
        cls,
        id_: ProofId,
        tenant_id: TenantId,
        user: User | None,
        device: DeviceKind,
        *,
        at: datetime,
    ) -> tuple["OneTimeProof", tuple[Event, ...]]:
        """For whoever signs in by what they read; an account that may not sign in is nobody's."""
        may = user is not None and user.verified and user.disabled_at is None
        whose = user.id if user is not None and may else None
        made = cls(id_, tenant_id, Purpose.SIGN_IN, whose, at + CODE_LIFE)
        return made, (SignInCodeRequested(proof_id=id_, device=device.value, at=at),)

    @classmethod
    def beside(
        cls, id_: ProofId, user: User, purpose: Purpose, device: DeviceKind, *, at: datetime
    ) -> tuple["OneTimeProof", tuple[Event, ...]]:
        """A second factor of this account, or the first code of one."""
        made = cls(id_, user.tenant_id, purpose, user.id, at + CODE_LIFE)
        if purpose in TEXTED:
            return made, (TextedCodeRequested(proof_id=id_, purpose=purpose.value, at=at),)
        told = FactorCodeRequested(proof_id=id_, purpose=purpose.value, device=device.value, at=at)
        return made, (told,)

    def open(self, *, at: datetime) -> bool:
        return self.used_at is None and at < self.expires_at

    @property
    def owner(self) -> UserId:
        """Raises ProofOutdated where it is nobody's."""
        if self.user_id is None:
            raise ProofOutdated(self.purpose)
        return self.user_id

    @property
    def new_address(self) -> str:
        """Raises ProofOutdated where none was asked for."""
        if self.email is None:
            raise ProofOutdated(self.purpose)
        return self.email

    def must_serve(self, purpose: Purpose, *, at: datetime) -> None:
        """Raises ProofOutdated unless it is somebody's, open, and of this purpose."""
        if self.user_id is None or self.purpose is not purpose or not self.open(at=at):
            raise ProofOutdated(purpose)
