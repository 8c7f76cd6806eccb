"""Mail into a folder."""

import asyncio
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from skillbridge.adapters.mail.folder import FolderMailbox, FolderMailer
from skillbridge.adapters.mail.message import message
from skillbridge.application.accounts.ports.mails import Mail
from skillbridge.domain.errors import Unavailable

pytestmark = pytest.mark.row("C1")
START = datetime(2026, 1, 1, tzinfo=UTC)


def a_mail(key: str = "1", subject: str = "Grüße") -> Mail:
    link = "https://api.example.org/v1/auth/verify?token=" + "x" * 107
    return Mail(key, "amina@example.org", subject, f"Open:\n\n{link}\n", f"<p>{link}</p>")


def mailer(folder: Path, at: datetime = START) -> FolderMailer:
    return FolderMailer(folder, "SkillBridge <no-reply@example.org>", lambda: at)


async def test_what_is_sent_is_read_the_newest_first(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "mail"
    await mailer(folder).send(a_mail("1", "first"))
    await mailer(folder, START + timedelta(seconds=5)).send(a_mail("2"))
    newest, first = await FolderMailbox(folder).newest(limit=10)
    assert (newest.subject, first.subject) == ("Grüße", "first")
    assert newest.to == "amina@example.org"
    assert newest.at == START + timedelta(seconds=5)
    assert "token=" + "x" * 107 in newest.text
    assert len(await FolderMailbox(folder).newest(limit=1)) == 1


def test_a_mail_sent_twice_is_one_and_nobody_elses(tmp_path: Path) -> None:
    for _ in range(2):
        asyncio.run(mailer(tmp_path).send(a_mail()))
    (path,) = tmp_path.iterdir()
    assert path.name == "1.eml"
    assert path.stat().st_mode & 0o077 == 0


async def test_no_folder_is_an_empty_mailbox(tmp_path: Path) -> None:
    assert await FolderMailbox(tmp_path / "nowhere").newest(limit=10) == []


async def test_a_mail_without_text_is_shown_empty(tmp_path: Path) -> None:
    head = b"Date: Thu, 01 Jan 2026 00:00:00 +0000\nSubject: x\nTo: a@example.org\n"
    (tmp_path / "1.eml").write_bytes(head + b"Content-Type: text/html\n\n<p>x</p>")
    (mail,) = await FolderMailbox(tmp_path).newest(limit=10)
    assert mail.text == ""


async def test_a_folder_that_cannot_be_written_is_worth_another_try(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable):
        await mailer(tmp_path / "file").send(a_mail())


def test_a_mail_has_the_headers_that_mail_servers_want() -> None:
    made = message(a_mail("abc"), sender="SkillBridge <no-reply@example.org>", at=START)
    read = message_from_bytes(made.as_bytes(), policy=default)
    assert read["Message-ID"] == "<abc@example.org>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Date"].datetime == START
    assert read.get_content_type() == "multipart/alternative"


@pytest.mark.asvs("1.3.11")
@pytest.mark.parametrize("breaking", ["x\r\nBcc: all@example.org", "x\nBcc: all@example.org"])
def test_no_line_break_gets_into_a_header(breaking: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        message(a_mail(subject=breaking), sender="no-reply@example.org", at=START)
