"""A phone of somebody's, to which codes are texted once its owner has shown a code that was sent there.

A number is no identity: nobody is found or signed in by it, and a text is never the only proof. So a family
that shares a phone may have it at several accounts. NIST SP 800-63B-4, 3.2.9 calls codes by the telephone network
*restricted*: SIM cards are swapped and messages read on the way. It is off unless an installation turns it on.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skillbridge.domain.errors import Conflict, Forbidden, Invalid, NotFound
from skillbridge.domain.events.accounts import PhoneRemoved, PhoneVerified
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import PhoneId, ProofId, UserId

SHARED_BY = 5
"""Accounts of a tenant that may have one number: a family with one phone, and no farm of accounts."""
SHOWN = 2
"""Digits at the end that are shown to the owner."""


class BadPhone(Invalid):
    """What was given is no number of a mobile phone."""

    def __init__(self) -> None:
        super().__init__(
            "this is no number of a mobile phone: write it with its country code, such as +234 803 123 4567, or "
            "name the `country`",
            field="number",
        )


class SmsOff(Conflict):
    """This installation texts nobody."""

    def __init__(self) -> None:
        super().__init__(
            "this installation sends no codes by SMS: use an authenticator app, a passkey or codes by mail"
        )


class CountryNotTexted(Invalid):
    """Numbers that begin so are texted no codes here."""

    def __init__(self) -> None:
        super().__init__(
            "this installation sends no SMS to numbers of this country: use an authenticator app, a passkey or "
            "codes by mail",
            field="number",
        )


class NoPhone(NotFound):
    """The account has no number that was confirmed."""

    def __init__(self) -> None:
        super().__init__("this account has no phone: PUT /v1/me/phone/begin adds one")


class NoPhoneWaits(NotFound):
    """No number of this account waits for its code."""

    def __init__(self) -> None:
        super().__init__("no number waits for a code: begin at PUT /v1/me/phone/begin")


class PhoneNeeded(Conflict):
    """Codes are texted to this phone as second factor."""

    def __init__(self) -> None:
        super().__init__(
            "your second factor is a code that is sent to this phone: remove the second factor first, or put "
            "another number in its place"
        )


class PhoneShared(Conflict):
    """As many accounts as may have this number have it."""

    def __init__(self) -> None:
        super().__init__(
            f"{SHARED_BY} accounts have this number already: remove it from one of them, or take another number"
        )


class AdministratorsNeedMore(Forbidden):
    """A text is too weak for who administers a tenant."""

    def __init__(self) -> None:
        super().__init__(
            "an account that administers has no codes by SMS as second factor: set up an authenticator app"
        )


class TextState(StrEnum):
    """What became of the newest text to a phone."""

    SENDING = "sending"
    """It was handed over, or its sender was cut off while it was: then nobody sends it again."""
    WAITING = "waiting"
    """It was not sent, and will be tried again."""
    SENT = "sent"
    UNKNOWN = "unknown"
    """The answer got lost: it may arrive. Another is sent only to who asks for one."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """E.164, such as +2348031234567."""

    e164: str

    @property
    def masked(self) -> str:
        """As its owner is shown it, who knows it: +234 ••• 67 and the like, whatever its length."""
        return f"{self.e164[:4]} ••• {self.e164[-SHOWN:]}"

    @property
    def range(self) -> str:
        """The ten thousand numbers around it: premium ranges are rented in such pieces."""
        return self.e164[:-4]


@dataclass(frozen=True, slots=True)
class SmsRule:
    """What an installation lets its codes by SMS cost: fraudsters are paid for texts to ranges of theirs."""

    on: bool = False
    prefixes: tuple[str, ...] = ()
    """What a number begins with that may be texted: +234."""
    a_day: int = 500
    """Texts to all people of a tenant."""
    a_prefix: int = 200
    """Texts a day to numbers of one of the prefixes."""

    def prefix_of(self, number: PhoneNumber) -> str:
        """The longest that fits. Raises SmsOff, CountryNotTexted."""
        if not self.on:
            raise SmsOff
        fits = [one for one in self.prefixes if number.e164.startswith(one)]
        if not fits:
            raise CountryNotTexted
        return max(fits, key=len)


@dataclass(slots=True)
class Phone:
    """An account has at most one that was confirmed, and one that waits for its code."""

    id: PhoneId
    user_id: UserId
    sealed_number: bytes
    number_index: bytes
    """By which others of the tenant with the same number are counted."""
    verified_at: datetime | None = None
    text_id: ProofId | None = None
    """The newest code that was texted to it."""
    text_state: TextState | None = None

    def verified(self, *, at: datetime) -> tuple[Event, ...]:
        self.verified_at = at
        return (PhoneVerified(user_id=self.user_id, at=at),)

    def removed(self, *, at: datetime) -> tuple[Event, ...]:
        """One that was never confirmed goes without a word."""
        return (PhoneRemoved(user_id=self.user_id, at=at),) if self.verified_at else ()

    def begin_text(self, proof_id: ProofId) -> bool:
        """False for a code that was handed over before: whether it went out, nobody knows."""
        before = self.text_state if self.text_id == proof_id else None
        self.text_id = proof_id
        if before in {None, TextState.WAITING}:
            self.text_state = TextState.SENDING
            return True
        if before is TextState.SENDING:
            self.text_state = TextState.UNKNOWN
        return False
