"""Phones of accounts, and texts to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from skillbridge.domain.accounts.phone import Phone, PhoneNumber
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import UserId


class Phones(Protocol):
    """Of the tenant; for the pre-authentication principal and the system."""

    async def of(self, user_id: UserId, *, verified: bool) -> Phone | None:
        """The one that counts, or the one that waits for its code."""
        ...

    async def put(self, phone: Phone) -> None:
        """One that waits, in the place of the one that the account had waiting."""

    async def confirm(
        self, phone: Phone, indexes: tuple[bytes, ...], *, most: int, at: datetime
    ) -> bool:
        """It counts from now on, in the place of the one that did.

        `indexes` are those of its number by every key. False where `most` others of the tenant have it: of
        several at once, no more get it than may.
        """
        ...

    async def remove(self, user_id: UserId) -> None:
        """The one that counts and the one that waits."""

    async def begin_text(self, phone: Phone) -> None:
        """Which text is sent to it from now on; to be committed before it is."""

    async def end_text(self, phone: Phone) -> None:
        """What became of that text; nothing where a newer one was begun or the phone is gone."""


class PhoneReads(Protocol):
    async def of(self, actor: Actor) -> Sequence[Phone]:
        """The actor's own: first the one that waits, then the one that counts."""
        ...


class PhoneNumbers(Protocol):
    """Which numbers there are, by the plans of the countries."""

    def read(self, typed: str, country: str | None) -> PhoneNumber:
        """However it is written; `country` (ISO 3166-1 alpha-2) is for one without a country code.

        Raises BadPhone, also for what is no mobile phone, has an extension, or is a number of letters.
        """
        ...


@dataclass(frozen=True, slots=True)
class Sms:
    key: str
    """The same text sent twice has the same."""
    to: PhoneNumber
    text: str


class OutcomeUnknown(Exception):
    """The text may have been sent or not: to send it again could be to send it twice."""


class SmsUnavailable(Unavailable):
    """The text was not sent, and may be sent later."""


class SmsSender(Protocol):
    async def send(self, sms: Sms) -> None:
        """Hands over one text, once.

        Raises SmsUnavailable where it was surely not sent, RefusedForGood where it never will be, and
        OutcomeUnknown.
        """
