"""A second factor: an authenticator app's codes (TOTP, RFC 6238), and recovery codes for its loss.

Who has no app may choose codes that are mailed instead. They are a weaker one (ASVS 5.0, 6.6.1), so that nobody has
them who did not choose them, and none where the first factor was a mail to the same mailbox.

A code stands for one step of 30 s and is accepted in that step and the two beside it, for clocks go
wrong; each step once, and none before one that was accepted. A recovery code is good once.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from skillbridge.domain.accounts.sign_in import KeyMissing
from skillbridge.domain.accounts.user import REASON, User, WrongCredentials
from skillbridge.domain.authentication import Method
from skillbridge.domain.errors import Conflict, NotFound, Unproven
from skillbridge.domain.events.accounts import (
    CodesGuessed,
    RecoveryCodesReplaced,
    RecoveryCodeUsed,
    SecondFactorAdded,
    SecondFactorRemoved,
)
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import IdentityId, ProofId, TenantId, UserId

STEP = timedelta(seconds=30)
BESIDE = 1
"""Steps before and after the present one whose codes are accepted."""
DIGITS = 6
RECOVERY_CODES = 10
CHALLENGE_LIFE = timedelta(minutes=5)
_LOOK_ALIKE = str.maketrans("018", "OIB")
"""Digits that base 32 has not, and the letters that were meant."""


class FactorKind(StrEnum):
    APP = "app"
    MAIL = "email"
    SMS = "sms"


_NEXT_CODE = {
    FactorKind.APP: "wait for the next one of your authenticator app, look whether the phone's clock is right, "
    "or give one of your recovery codes",
    FactorKind.MAIL: "here it is one of your recovery codes; codes that are mailed to you begin at "
    "/v1/auth/second-factor/email/begin or, once you are signed in, at /v1/me/authentication/email/begin",
    FactorKind.SMS: "here it is one of your recovery codes; codes by SMS begin at "
    "/v1/auth/second-factor/sms/begin or, once you are signed in, at /v1/me/authentication/sms/begin",
}


class WrongCode(WrongCredentials):
    """Neither the app's present code nor a recovery code that is left."""

    def __init__(self, kind: FactorKind = FactorKind.APP) -> None:
        super().__init__(f"this code is not accepted: {_NEXT_CODE[kind]}; each code is good once")


class SecondFactorActive(Conflict):
    """The account has a second factor, which would be replaced."""

    def __init__(self) -> None:
        super().__init__(
            "this account has a second factor: remove it before you set up another; if its recovery "
            "codes did not reach you, PUT /v1/me/recovery-codes makes new ones"
        )


class NoSecondFactor(NotFound):
    """The account has none, or one that was not confirmed."""

    def __init__(self) -> None:
        super().__init__("this account has no second factor: PUT /v1/me/second-factor sets one up")


_OF = {
    FactorKind.APP: "is an authenticator app: give a code of it, or a recovery code",
    FactorKind.MAIL: "is a code by mail: it begins at the same address with email in place of sms",
    FactorKind.SMS: "is a code by SMS: it begins at the same address with sms in place of email",
}


class NotByMail(Conflict):
    """The codes of this account's second factor are not mailed."""

    def __init__(self, kind: FactorKind = FactorKind.APP) -> None:
        super().__init__(f"the second factor of this account {_OF[kind]}")


class NotBySms(Conflict):
    """The codes of this account's second factor are not texted."""

    def __init__(self, kind: FactorKind = FactorKind.APP) -> None:
        super().__init__(f"the second factor of this account {_OF[kind]}")


_NOT_SO = {FactorKind.MAIL: NotByMail, FactorKind.SMS: NotBySms}


class SameMailbox(Conflict):
    """A mailed code would prove a second time that the same mailbox is read."""

    def __init__(self) -> None:
        super().__init__(
            "you signed in by a mail or by another provider, or set the password by a mail, and whoever reads your "
            "mailbox could have done so: log in with a password that no mail has set, or give one of your recovery "
            "codes, or show a passkey; once a recovery code was given, codes are mailed again; without all of these, "
            "ask whoever runs this installation to remove the second factor"
        )


class SecondFactorNeeded(Unproven):
    """The first proof was right, and a code is wanted too; `challenge` goes with it.

    `second_factor` says of what: an app, email or sms.
    """

    def __init__(self, challenge: str, kind: FactorKind = FactorKind.APP) -> None:
        super().__init__(
            "this account has a second factor: send this `challenge` and a code of your authenticator app, "
            "or a recovery code, to POST /v1/auth/second-factor within five minutes, or show a passkey, if you "
            "have one, by POST /v1/auth/second-factor/passkey/begin; if you chose codes by mail, POST "
            "/v1/auth/second-factor/email/begin sends one, and if you chose SMS, /v1/auth/second-factor/sms/begin"
        )
        self.challenge, self.kind = challenge, kind

    @property
    def members(self) -> Mapping[str, str]:
        return {"challenge": self.challenge, "second_factor": self.kind.value}


class ChallengeOver(Unproven):
    """The password was shown too long ago, or is another by now."""

    def __init__(self) -> None:
        super().__init__(
            "this log-in took too long, or its account has changed meanwhile: log in again"
        )


@dataclass(frozen=True, slots=True)
class Challenge:
    """The first proof was right, and a code is asked for: half of a log-in."""

    id: ProofId
    """Of the one proof by mail that may finish this half, and no other (ASVS 5.0, 6.6.2)."""
    tenant_id: TenantId
    user_id: UserId
    expires_at: datetime
    password: bytes
    """A digest of the hash that was kept then."""
    key: bytes | None = None
    """The thumbprint that was proved with it: the sign-in is bound to that key."""
    method: Method = Method.PASSWORD
    """What was shown."""
    identity_id: IdentityId | None = None
    """Which one was, where it was one; that must still be linked when the code comes."""
    kind: FactorKind = FactorKind.APP
    """What is asked for."""

    @classmethod
    def of(
        cls,
        id_: ProofId,
        user: User,
        key: bytes | None,
        method: Method = Method.PASSWORD,
        identity_id: IdentityId | None = None,
        kind: FactorKind = FactorKind.APP,
        *,
        at: datetime,
    ) -> "Challenge":
        """For five minutes. In whole seconds, as it is written."""
        expires_at = (at + CHALLENGE_LIFE).replace(microsecond=0)
        shown = (_fingerprint(user), key, method, identity_id, kind)
        return cls(id_, user.tenant_id, user.id, expires_at, *shown)

    def must_hold(self, user: User | None, key: bytes | None, *, at: datetime) -> User:
        """The account, which may still sign in. Raises ChallengeOver, KeyMissing, AccountDisabled."""
        if user is None or at >= self.expires_at or self.password != _fingerprint(user):
            raise ChallengeOver
        if key != self.key:
            raise KeyMissing
        user.may_sign_in()
        return user


def codes_guessed(user: User, *, at: datetime) -> tuple[Event, ...]:
    """Who comes so far knows the password: its owner is told."""
    return (CodesGuessed(user_id=user.id, at=at),)


def digest(recovery_code: str) -> bytes:
    """All that is kept of a recovery code: its 80 random bits are out of reach of any guessing."""
    meant = recovery_code.translate(_LOOK_ALIKE)
    return sha256(meant.encode("utf-8", "surrogatepass")).digest()


@dataclass(slots=True)
class SecondFactor:
    """One for an account; it counts once its owner has shown a code of it."""

    user_id: UserId
    sealed_secret: bytes
    """What the app and we share, encrypted; nothing where codes are sent."""
    confirmed_at: datetime | None = None
    last_step: int | None = None
    """Of the newest code that was accepted, in steps since 1970."""
    recovery_codes: frozenset[bytes] = frozenset()
    """Digests of those that are left."""
    kind: FactorKind = FactorKind.APP
    same_mailbox: bool = False
    """The password was set by a mail: until a recovery code was given, a mailed code proves nothing beside it."""

    @classmethod
    def by_mail(cls, user_id: UserId) -> "SecondFactor":
        return cls.sent(user_id, FactorKind.MAIL)

    @classmethod
    def sent(cls, user_id: UserId, kind: FactorKind) -> "SecondFactor":
        """Codes that come by mail or SMS."""
        return cls(user_id, b"", kind=kind)

    @property
    def active(self) -> bool:
        return self.confirmed_at is not None

    def may_be_sent(self, kind: FactorKind, first: Method) -> None:
        """A code by mail counts beside a password that came by no mail, and nothing else; one by SMS beside all.

        Who reads the mailbox may be signed in elsewhere by it, too. Raises NotByMail, NotBySms, SameMailbox.
        """
        self.must_be(kind)
        mailed = first is not Method.PASSWORD or self.same_mailbox
        if kind is FactorKind.MAIL and mailed:
            raise SameMailbox

    def must_be(self, kind: FactorKind) -> None:
        """Raises NotByMail, NotBySms."""
        if self.kind is not kind:
            raise _NOT_SO[kind](self.kind)

    def password_was_mailed(self) -> bool:
        """Who reads the mailbox has set the password; False where that is nothing to this."""
        self.same_mailbox = self.kind is FactorKind.MAIL
        return self.same_mailbox

    def confirm(
        self, step: int | None, recovery_codes: Collection[bytes], *, at: datetime
    ) -> tuple[Event, ...]:
        """The app works: from now on it is asked for. Raises SecondFactorActive, WrongCode."""
        if self.active:
            raise SecondFactorActive
        self._spend(step)
        return self._count(recovery_codes, at=at)

    def confirm_sent(
        self, kind: FactorKind, recovery_codes: Collection[bytes], *, at: datetime
    ) -> tuple[Event, ...]:
        """A code that was sent so was shown. Raises SecondFactorActive, NotByMail, NotBySms."""
        if self.active:
            raise SecondFactorActive
        self.must_be(kind)
        return self._count(recovery_codes, at=at)

    def prove(self, step: int | None, recovery_code: bytes, *, at: datetime) -> tuple[Event, ...]:
        """Uses up the step of a code, if it has one, or the recovery code. Raises WrongCode."""
        if recovery_code in self.recovery_codes:
            self.recovery_codes -= {recovery_code}
            self.same_mailbox = False
            left = len(self.recovery_codes)
            return (RecoveryCodeUsed(user_id=self.user_id, left=left, at=at),)
        self._spend(step)
        return ()

    def replace_recovery_codes(
        self, codes: Collection[bytes], *, at: datetime
    ) -> tuple[Event, ...]:
        """The older ones are good no more."""
        self.recovery_codes = frozenset(codes)
        return (RecoveryCodesReplaced(user_id=self.user_id, at=at),)

    def removed(self, *, at: datetime) -> tuple[Event, ...]:
        return (SecondFactorRemoved(user_id=self.user_id, at=at),)

    def taken(self, why: str, *, at: datetime) -> tuple[Event, ...]:
        """By an operator; its owner is told. Raises UnfitReason."""
        reason = REASON(why, "reason")
        return (SecondFactorRemoved(user_id=self.user_id, reason=reason, at=at),)

    def _count(self, recovery_codes: Collection[bytes], *, at: datetime) -> tuple[Event, ...]:
        self.confirmed_at = at
        self.recovery_codes = frozenset(recovery_codes)
        return (SecondFactorAdded(user_id=self.user_id, kind=self.kind.value, at=at),)

    def _spend(self, step: int | None) -> None:
        if (
            self.kind is not FactorKind.APP
            or step is None
            or (self.last_step is not None and step <= self.last_step)
        ):
            raise WrongCode(self.kind)
        self.last_step = step


def _fingerprint(user: User) -> bytes:
    return sha256((user.password_hash or "").encode()).digest()[:16]
