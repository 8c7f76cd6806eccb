"""Mail by SMTP."""

import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import aiosmtplib

from skillbridge.adapters.mail.message import message
from skillbridge.application.accounts.ports import Mail
from skillbridge.application.ports import Clock
from skillbridge.domain.errors import Unavailable

SECONDS = 15


@dataclass(frozen=True, slots=True)
class Server:
    """`smtps://name:password@host:465` speaks TLS at once; `smtp://host:587` where offered."""

    host: str
    port: int
    tls: bool
    username: str | None = None
    password: str | None = None

    @classmethod
    def of(cls, url: str) -> "Server":
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("SMTP_URL must look like smtp://host:587 or smtps://host:465")
        tls = parts.scheme == "smtps"
        return cls(
            parts.hostname,
            parts.port or (465 if tls else 587),
            tls,
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
        )

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port})"


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """One connection a mail: mails are few, and an idle connection is one more thing to break.

    With a password nothing is sent before the connection is encrypted.
    """

    server: Server
    sender: str
    clock: Clock
    trust: ssl.SSLContext | None = None

    async def send(self, mail: Mail) -> None:
        server = self.server
        try:
            await aiosmtplib.send(
                message(mail, sender=self.sender, at=self.clock()),
                hostname=server.host,
                port=server.port,
                username=server.username,
                password=server.password,
                use_tls=server.tls,
                start_tls=True if server.password and not server.tls else None,
                tls_context=self.trust,
                timeout=SECONDS,
            )
        except aiosmtplib.SMTPException as error:
            raise Unavailable("the mail server did not take the mail", retry_after=60) from error
