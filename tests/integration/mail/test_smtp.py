"""Mail by SMTP, against real servers."""

import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from tests.support.servers.mail_servers import (
    PASSWORD,
    Inbox,
    MailServer,
    certificates,
    mail_server,
)

from skillbridge.adapters.mail.smtp import Server, SmtpMailer, Tls
from skillbridge.adapters.resilience import CircuitOpen
from skillbridge.application.accounts.ports.mails import Mail
from skillbridge.application.ports.jobs import RefusedForGood
from skillbridge.domain.errors import Unavailable
from skillbridge.local.ports import HOST, free_port

pytestmark = pytest.mark.row("C1", "J1")
MAIL = Mail("key", "amina@example.org", "Confirm", "Open this link\n", "<p>Open</p>")


def mailer(server: MailServer, tls: Tls = Tls.NONE, **given: Any) -> SmtpMailer:
    return SmtpMailer(
        Server(host=HOST, port=server.port, tls=tls, **given),
        "SkillBridge <no-reply@example.org>",
        lambda: datetime.now(UTC),
    )


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> Path:
    return certificates(authority, tmp_path)


@pytest.fixture
def bare() -> Iterator[MailServer]:
    """A server that knows no TLS."""
    with mail_server() as server:
        yield server


@pytest.fixture
def starttls(authority: trustme.CA) -> Iterator[MailServer]:
    with mail_server(authority) as server:
        yield server


async def test_a_mail_arrives_in_both_forms(bare: MailServer) -> None:
    await mailer(bare).send(MAIL)
    (arrived,) = bare.inbox.mails
    assert arrived["To"] == "amina@example.org"
    assert arrived["Message-ID"] == "<key@example.org>"
    kinds = [part.get_content_type() for part in arrived.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


async def test_starttls_is_used_with_a_certificate_of_the_authority_that_is_trusted(
    starttls: MailServer, trusted: Path
) -> None:
    login = {"username": "amina", "password": PASSWORD}
    await mailer(starttls, Tls.REQUIRED, ca_file=trusted, **login).send(MAIL)
    assert starttls.inbox.encrypted == [True]
    assert len(starttls.inbox.mails) == 1


async def test_tls_from_the_first_byte(authority: trustme.CA, trusted: Path) -> None:
    with mail_server(authority, at_once=True) as server:
        login = {"username": "amina", "password": PASSWORD}
        await mailer(server, Tls.AT_ONCE, ca_file=trusted, **login).send(MAIL)
        assert len(server.inbox.mails) == 1


@pytest.mark.asvs("12.3.2")
@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("fault", ["a stranger's authority", "another name"])
async def test_a_certificate_that_is_not_the_servers_ends_it(
    authority: trustme.CA, trusted: Path, at_once: bool, fault: str
) -> None:
    strange = {"ca_file": None if fault == "a stranger's authority" else trusted}
    name = HOST if fault == "a stranger's authority" else "other.example.org"
    with mail_server(authority, name=name, at_once=at_once) as server:
        tls = Tls.AT_ONCE if at_once else Tls.REQUIRED
        with pytest.raises(Unavailable, match="certificate"):
            await mailer(server, tls, **strange).send(MAIL)
        assert server.inbox.asked == 0


@pytest.mark.parametrize("login", [{}, {"username": "amina", "password": PASSWORD}])
async def test_a_server_without_starttls_is_sent_nothing_where_it_is_required(
    bare: MailServer, login: dict[str, str]
) -> None:
    with pytest.raises(Unavailable, match="STARTTLS"):
        await mailer(bare, Tls.REQUIRED, **login).send(MAIL)
    assert bare.inbox.asked == 0


async def test_where_tls_need_only_be_offered_it_is_used_if_it_is(
    bare: MailServer, starttls: MailServer, trusted: Path
) -> None:
    for server in (bare, starttls):
        await mailer(server, Tls.OFFERED, ca_file=trusted).send(MAIL)
    assert (bare.inbox.encrypted, starttls.inbox.encrypted) == ([False], [True])


async def test_a_password_that_is_wrong_is_told_in_the_servers_words_and_worth_another_try(
    starttls: MailServer, trusted: Path
) -> None:
    login = {"username": "amina", "password": "wrong-one"}
    with pytest.raises(Unavailable, match=r"did not take the mail: 535 ") as refused:
        await mailer(starttls, Tls.REQUIRED, ca_file=trusted, **login).send(MAIL)
    assert not isinstance(refused.value, RefusedForGood)
    assert "wrong-one" not in "".join(traceback.format_exception(refused.value))


async def test_a_greylisting_server_is_worth_another_try(bare: MailServer) -> None:
    bare.inbox.to_recipients = ["451 4.7.1 <{address}> greylisted, come back in 60 seconds"]
    with pytest.raises(Unavailable) as refused:
        await mailer(bare).send(MAIL)
    assert str(refused.value) == (
        "the mail server did not take the mail: "
        "451 4.7.1 <the address> greylisted, come back in 60 seconds"
    )
    assert not isinstance(refused.value, RefusedForGood)
    await mailer(bare).send(MAIL)
    assert len(bare.inbox.mails) == 1


@pytest.mark.parametrize("when", ["to_recipients", "to_mails"])
async def test_a_refusal_for_good_tells_the_servers_words_and_no_address(
    bare: MailServer, when: str
) -> None:
    setattr(bare.inbox, when, ["550 5.1.1 no such user Amina@Example.ORG here"])
    with pytest.raises(RefusedForGood) as refused:
        await mailer(bare).send(MAIL)
    assert str(refused.value) == (
        "the mail server refuses this mail for good: 550 5.1.1 no such user the address here"
    )
    assert bare.inbox.mails == []


async def test_a_mail_whose_answer_was_lost_is_sent_again_as_the_same_mail(
    bare: MailServer,
) -> None:
    """Better twice than never: the Message-ID tells mailboxes that it is one."""
    bare.inbox.to_mails = [""]
    with pytest.raises(Unavailable) as lost:
        await mailer(bare).send(MAIL)
    assert not isinstance(lost.value, RefusedForGood)
    await mailer(bare).send(MAIL)
    assert {mail["Message-ID"] for mail in bare.inbox.mails} == {"<key@example.org>"}


async def test_a_server_that_is_away_is_worth_another_try(unused_tcp_port: int) -> None:
    away = MailServer(Inbox(), unused_tcp_port)
    with pytest.raises(Unavailable):
        await mailer(away).send(MAIL)


def test_a_server_does_not_show_its_password() -> None:
    assert "hidden" not in repr(
        Server(host="h", port=1, tls=Tls.NONE, username="ada", password="hidden")
    )


@pytest.mark.row("L13")
async def test_a_server_that_cannot_be_reached_is_left_alone_for_a_while() -> None:
    """The third failure opens the breaker; then nobody waits for a connection."""
    away = SmtpMailer(
        Server(host=HOST, port=free_port(), tls=Tls.NONE),
        "x@example.org",
        lambda: datetime.now(UTC),
    )
    for _ in range(3):
        with pytest.raises(Unavailable, match="did not take"):
            await away.send(MAIL)
    with pytest.raises(CircuitOpen) as told:
        await away.send(MAIL)
    assert 0 < told.value.retry_after <= 30
