"""Mail by SMTP."""

import re
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import aiosmtplib

from skillbridge.adapters.mail.message import message
from skillbridge.adapters.outgoing import Outgoing
from skillbridge.adapters.resilience import Breaker
from skillbridge.application.accounts.ports.mails import Mail
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.jobs import RefusedForGood
from skillbridge.domain.errors import Unavailable

SECONDS = 15
REST = 30.0
"""Seconds for which a server that cannot be reached is left alone."""
OUTGOING = Outgoing(
    contract="SMTP (RFC 5321) with STARTTLS (RFC 3207)",
    deadline=SECONDS,
    tries=1,
    breaker="smtp",
    fallback="the job of the mail waits and is tried again, later each time",
)


class Tls(Enum):
    """When the connection is encrypted, and the server's certificate looked at."""

    AT_ONCE = "at once"
    REQUIRED = "required"
    """By STARTTLS; a server without it is sent nothing."""
    OFFERED = "offered"
    """By STARTTLS where the server has it; who stands between can take that away."""
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`ca_file` holds the certificates (PEM) that the server's must come from; else public ones."""

    host: str
    port: int
    tls: Tls
    username: str | None = None
    password: str | None = None
    ca_file: Path | None = None

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port})"


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """One connection a mail: mails are few, and an idle connection is one more thing to break.

    When the answer to a whole mail is lost, the mail is sent again with the same Message-ID, by
    which mailboxes know it for the same: better twice than never.
    """

    server: Server
    sender: str
    clock: Clock
    breaker: Breaker = field(
        default_factory=lambda: Breaker(OUTGOING.breaker, reset_after=REST, counts=(OSError,))
    )
    """What the server says of one mail does not count: a mailbox that asks to come again is no outage."""

    async def send(self, mail: Mail) -> None:
        """Raises Unavailable while another try may help, RefusedForGood when none will."""
        try:
            async with self.breaker, _client(self.server, SECONDS) as client:
                await client.send_message(message(mail, sender=self.sender, at=self.clock()))
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise _meaning(error, mail) from error


def _client(server: Server, seconds: float) -> aiosmtplib.SMTP:
    """Once entered, it is connected, encrypted and logged in."""
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        use_tls=server.tls is Tls.AT_ONCE,
        start_tls=_START_TLS[server.tls],
        cert_bundle=str(server.ca_file) if server.ca_file else None,
        timeout=seconds,
    )


_START_TLS = {Tls.AT_ONCE: False, Tls.REQUIRED: True, Tls.OFFERED: None, Tls.NONE: False}


def _meaning(error: Exception, mail: Mail) -> Unavailable | RefusedForGood:
    """The server's own words go on, without the address of the person."""
    said = re.sub(re.escape(mail.to), "the address", _words(error), flags=re.IGNORECASE)
    if isinstance(error, ValueError | aiosmtplib.SMTPNotSupported) or _is_for_good(error):
        return RefusedForGood(f"the mail server refuses this mail for good: {said}")
    return Unavailable(f"the mail server did not take the mail: {said}", retry_after=60)


def _words(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__


def _is_for_good(error: Exception) -> bool:
    """A 5xx about this mail; one about our login or the greeting may end when an operator looks."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _is_for_good(error.recipients[0])
    about_mail = (
        aiosmtplib.SMTPSenderRefused,
        aiosmtplib.SMTPRecipientRefused,
        aiosmtplib.SMTPDataError,
    )
    return isinstance(error, about_mail) and error.code >= _FOR_GOOD


_FOR_GOOD = 500


async def greet(server: Server, *, seconds: float = 4) -> str:
    """Connects, encrypts and logs in as for a mail, and sends none; raises Unavailable."""
    try:
        async with _client(server, seconds):
            return f"{server.host} lets us in"
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise Unavailable(
            f"{server.host}:{server.port} does not let us in: {_words(error)}"
        ) from error
