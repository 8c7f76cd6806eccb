"""Mail by SMTP, against a real server."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from skillbridge.adapters.mail.smtp import Server, SmtpMailer
from skillbridge.application.accounts.ports import Mail
from skillbridge.domain.errors import Unavailable

pytestmark = pytest.mark.row("C1")
MAIL = Mail("key", "amina@example.org", "Confirm", "Open this link\n", "<p>Open</p>")


def mailer(url: str) -> SmtpMailer:
    return SmtpMailer(
        Server.of(url), "SkillBridge <no-reply@example.org>", lambda: datetime.now(UTC)
    )


class Inbox(MessageHandler):
    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Message] = []
        self.refuse = False

    async def handle_RCPT(  # noqa: N802  # the name that aiosmtpd calls
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: Sequence[str]
    ) -> str:
        if self.refuse:
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Message) -> None:
        self.mails.append(message)


@dataclass
class MailServer:
    inbox: Inbox = field(default_factory=Inbox)
    port: int = 0


@pytest.fixture
async def server(unused_tcp_port: int) -> AsyncIterator[MailServer]:
    def authenticator(_: Any, __: Any, ___: Any, ____: Any, given: LoginPassword) -> AuthResult:
        return AuthResult(success=given.password == b"p@ss")

    made = MailServer(port=unused_tcp_port)
    controller = Controller(
        made.inbox,
        hostname="127.0.0.1",
        port=made.port,
        authenticator=authenticator,
        auth_require_tls=False,
    )
    controller.start()
    yield made
    controller.stop()


async def test_a_mail_arrives_in_both_forms(server: MailServer) -> None:
    await mailer(f"smtp://127.0.0.1:{server.port}").send(MAIL)
    (arrived,) = server.inbox.mails
    assert arrived["To"] == "amina@example.org"
    assert arrived["Message-ID"] == "<key@example.org>"
    kinds = [part.get_content_type() for part in arrived.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


async def test_a_server_that_refuses_is_worth_another_try(server: MailServer) -> None:
    server.inbox.refuse = True
    with pytest.raises(Unavailable, match="did not take"):
        await mailer(f"smtp://127.0.0.1:{server.port}").send(MAIL)
    server.inbox.refuse = False
    await mailer(f"smtp://127.0.0.1:{server.port}").send(MAIL)
    assert len(server.inbox.mails) == 1


async def test_a_password_is_never_sent_in_the_clear(server: MailServer) -> None:
    with pytest.raises(Unavailable):
        await mailer(f"smtp://amina:p%40ss@127.0.0.1:{server.port}").send(MAIL)
    assert server.inbox.mails == []


async def test_a_server_that_is_away_is_worth_another_try(unused_tcp_port: int) -> None:
    with pytest.raises(Unavailable):
        await mailer(f"smtp://127.0.0.1:{unused_tcp_port}").send(MAIL)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", Server("mail.example.org", 587, tls=False)),
        ("smtps://mail.example.org", Server("mail.example.org", 465, tls=True)),
        ("smtps://a:p%40ss@h:2465", Server("h", 2465, tls=True, username="a", password="p@ss")),
    ],
)
def test_an_address_says_how_to_speak(url: str, server: Server) -> None:
    assert Server.of(url) == server
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize("url", ["mail.example.org:25", "http://mail.example.org", "smtp://"])
def test_what_is_no_address_of_a_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://host:587"):
        Server.of(url)
