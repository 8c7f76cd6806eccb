"""Mails, on their way and where local ones end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from skillbridge.application.accounts.views import SentMail


@dataclass(frozen=True, slots=True)
class Mail:
    key: str
    """Becomes the Message-ID: the same mail sent twice is told to be one."""
    to: str
    subject: str
    text: str
    html: str
    sender_name: str | None = None
    """In place of the installation's; the address stays, for that is what servers of mail look at."""
    reply_to: str | None = None


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Hands over one mail.

        Raises Unavailable when that is worth another try, and RefusedForGood when it is not.
        """


class Mailbox(Protocol):
    """Where local mails end, to be read by whoever develops."""

    async def newest(self, *, limit: int) -> Sequence[SentMail]: ...
