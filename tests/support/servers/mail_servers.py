"""Mail servers to send to: with STARTTLS or without, refusing, greylisting, losing their answer."""

import asyncio
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from skillbridge.local.ports import HOST, free_port

PASSWORD = "p@ss#w/o?rd%"


@dataclass
class Inbox:
    """What arrived, and how to answer each recipient and each whole mail in turn; then with yes."""

    mails: list[EmailMessage] = field(default_factory=list)
    to_recipients: list[str] = field(default_factory=list)
    to_mails: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    asked: int = 0

    async def handle_RCPT(  # noqa: N802  # the name that aiosmtpd calls
        self, _: SMTP, session: Session, envelope: Envelope, address: str, __: Sequence[str]
    ) -> str:
        self.asked += 1
        self.encrypted.append(session.ssl is not None)
        if self.to_recipients:
            return self.to_recipients.pop(0).format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd calls it so
        answer = self.to_mails.pop(0) if self.to_mails else "250 OK"
        if not answer or answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.mails.append(message_from_bytes(content, EmailMessage, policy=policy.SMTP))
        if not answer:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return answer or "250 OK"


@dataclass
class MailServer:
    inbox: Inbox
    port: int

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"


@contextmanager
def mail_server(
    authority: trustme.CA | None = None, *, name: str = HOST, at_once: bool = False
) -> Iterator[MailServer]:
    """With an authority it speaks TLS, as `name`: by STARTTLS, or from the first byte."""
    server = MailServer(Inbox(), free_port())
    context = _context(authority, name) if authority else None
    given: dict[str, Any] = {"hostname": HOST, "port": server.port, "authenticator": _authenticate}
    if at_once:
        given |= {"ssl_context": context, "auth_require_tls": False}
    else:
        given |= {"tls_context": context, "require_starttls": context is not None}
    controller = Controller(server.inbox, **given)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def _context(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


def _authenticate(_: Any, __: Any, ___: Any, ____: Any, given: LoginPassword) -> AuthResult:
    return AuthResult(success=given.password == PASSWORD.encode(), handled=False)


def certificates(authority: trustme.CA, folder: Path) -> Path:
    """The authority's certificate as a file."""
    path = folder / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path
