"""Passkeys: keys of a person's devices that sign in without a password (Web Authentication, level 3).

A passkey lives in an authenticator, which signs what we ask once its owner was verified there, by a
finger or a PIN: possession and knowledge (or a body) in one, so it counts as two factors. What is kept
here is public. A challenge is answered once, within five minutes, for what it was made for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from skillbridge.domain.accounts.user import REASON, User
from skillbridge.domain.errors import Conflict, Faults, Invalid, NotFound, Unproven
from skillbridge.domain.events.accounts import PasskeyAdded, PasskeyCopied, PasskeyRemoved
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import PasskeyId, TenantId, UserId
from skillbridge.domain.text import Text, UnfitText, tidy

MOST = 10
"""Passkeys of one account."""
CHALLENGE_LIFE = timedelta(minutes=5)
LONGEST_ID = 1023
"""Bytes of a credential's id, as Web Authentication bounds it."""


class UnfitPasskeyName(UnfitText):
    """The name of a passkey is empty, too long, or holds what cannot stand there."""


NAME = Text(
    what="a passkey's name", refusal=UnfitPasskeyName, least=1, most=50, links=False, markup=False
)


class UnknownPasskey(NotFound):
    """Your account has no such passkey."""

    def __init__(self) -> None:
        super().__init__("your account has no such passkey: GET /v1/me/passkeys lists those it has")


class PasskeyRefused(Unproven):
    """What the authenticator answered does not hold. It is not told whether the passkey is known."""

    def __init__(self, why: str = "it is not known here, or did not sign this") -> None:
        super().__init__(
            f"this passkey is not accepted: {why}; begin once more, or sign in in another way"
        )


class CeremonyOver(Unproven):
    """The challenge is none of ours, for something else, too old, or was answered before."""

    def __init__(self) -> None:
        super().__init__(
            "this challenge is not open: it is good once, for five minutes, and only for what it was "
            "made for; begin once more"
        )


class UnfitPasskey(Invalid):
    """What the authenticator made cannot be kept; the words say why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this passkey cannot be added: {why}", field="credential")


class PasskeyTaken(Conflict):
    """The credential is registered already, here or with another account: which, is not told."""

    def __init__(self) -> None:
        super().__init__(
            "this passkey cannot be added: it exists already; let the device make another one"
        )


class TooManyPasskeys(Conflict):
    """The account has as many as it may."""

    def __init__(self) -> None:
        super().__init__(f"an account has at most {MOST} passkeys: remove one that you do not use")


class PasskeyBehind(Unproven):
    """Its counter went back: two devices seem to have the key of one."""

    def __init__(self) -> None:
        super().__init__(
            "this passkey was refused, for its counter went back: somebody may have copied it; sign in in "
            "another way, and remove it if you do not know why"
        )


class Purpose(StrEnum):
    """What an answer is asked for; one for one purpose never serves another."""

    REGISTER = "register"
    LOG_IN = "log_in"
    SECOND_FACTOR = "second_factor"
    STEP_UP = "step_up"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What an authenticator is asked to sign, and what that will be good for."""

    purpose: Purpose
    tenant_id: TenantId
    expires_at: datetime
    nonce: bytes
    """16 random bytes."""
    user_id: UserId | None = None
    """Whose passkey has to answer; None where whoever signs in is not known yet."""
    bound_to: bytes = bytes(32)
    """A digest of what else it belongs to: the sign-in that asks, or half a log-in."""

    @classmethod
    def begin(
        cls,
        purpose: Purpose,
        tenant_id: TenantId,
        nonce: bytes,
        user_id: UserId | None = None,
        *,
        within: str = "",
        at: datetime,
    ) -> "Ceremony":
        """For five minutes; in whole seconds, as it is written."""
        expires_at = (at + CHALLENGE_LIFE).replace(microsecond=0)
        return cls(purpose, tenant_id, expires_at, nonce, user_id, _digest(within))

    def must_be(
        self,
        purpose: Purpose,
        tenant_id: TenantId,
        user_id: UserId | None = None,
        *,
        within: str = "",
        at: datetime,
    ) -> None:
        """Raises CeremonyOver unless it was begun for just this, and lately."""
        asked = (self.purpose, self.tenant_id, self.user_id, self.bound_to)
        if asked != (purpose, tenant_id, user_id, _digest(within)) or at >= self.expires_at:
            raise CeremonyOver


@dataclass(frozen=True, slots=True)
class Credential:
    """What an authenticator made: public, and known nowhere else."""

    id: bytes
    public_key: bytes
    """In COSE (RFC 9052), with its algorithm."""
    sign_count: int
    synced: bool
    """Whether it may be on several devices of its owner."""


@dataclass(frozen=True, slots=True)
class Label:
    """What its owner calls a passkey."""

    name: Annotated[str, NAME]

    def __post_init__(self) -> None:
        faults = Faults()
        tidy(self, faults)
        faults.refuse()


@dataclass(slots=True)
class Passkey:
    """One of at most ten of an account. Its credential is known once in the whole installation."""

    id: PasskeyId
    user_id: UserId
    credential_id: bytes
    public_key: bytes
    sign_count: int
    synced: bool
    name: str
    created_at: datetime
    last_used_at: datetime | None = None

    @classmethod
    def add(
        cls,
        id_: PasskeyId,
        user: User,
        made: Credential,
        label: Label,
        present: Sequence["Passkey"],
        *,
        at: datetime,
    ) -> tuple["Passkey", tuple[Event, ...]]:
        """Beside those that are `present`. Raises TooManyPasskeys."""
        if len(present) >= MOST:
            raise TooManyPasskeys
        new = cls(
            id_, user.id, made.id, made.public_key, made.sign_count, made.synced, label.name, at
        )
        return new, (PasskeyAdded(user_id=user.id, passkey_id=id_, at=at),)

    def answer(self, sign_count: int, *, at: datetime) -> tuple[Event, ...]:
        """It signed. An event where its counter did not go on: then it proves nothing.

        Many authenticators do not count and always say zero (section 6.1.1).
        """
        if (sign_count or self.sign_count) and sign_count <= self.sign_count:
            return (PasskeyCopied(user_id=self.user_id, passkey_id=self.id, at=at),)
        self.sign_count, self.last_used_at = sign_count, at
        return ()

    def removed(self, *, at: datetime) -> tuple[Event, ...]:
        """It signs in no more. A password or an identity is left: whatever removes these leaves one of them."""
        return (PasskeyRemoved(user_id=self.user_id, passkey_id=self.id, at=at),)

    def taken(self, why: str, *, at: datetime) -> tuple[Event, ...]:
        """By an operator; its owner is told. Raises UnfitReason."""
        reason = REASON(why, "reason")
        return (PasskeyRemoved(user_id=self.user_id, passkey_id=self.id, reason=reason, at=at),)


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest() if text else bytes(32)
