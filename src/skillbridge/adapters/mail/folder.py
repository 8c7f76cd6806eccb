"""Mail into a folder: a file for each, readable with any mail program."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from skillbridge.adapters.mail.message import message
from skillbridge.application.accounts.ports.mails import Mail
from skillbridge.application.accounts.views import SentMail
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.errors import Unavailable


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """A mail sent twice is one file."""

    folder: Path
    sender: str
    clock: Clock

    async def send(self, mail: Mail) -> None:
        content = message(mail, sender=self.sender, at=self.clock()).as_bytes()
        try:
            await asyncio.to_thread(self._write, f"{mail.key}.eml", content)
        except OSError as error:
            raise Unavailable("the mail folder cannot be written to") from error

    def _write(self, name: str, content: bytes) -> None:
        """Whole or not at all, and for nobody else's eyes: a link in a mail opens an account."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self.folder / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(half, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        half.replace(self.folder / name)


@dataclass(frozen=True, slots=True)
class FolderMailbox:
    folder: Path

    async def newest(self, *, limit: int) -> Sequence[SentMail]:
        return await asyncio.to_thread(self._newest, limit)

    def _newest(self, limit: int) -> list[SentMail]:
        """By when a file was written: the Date of a mail counts whole seconds only."""
        written = sorted(self.folder.glob("*.eml"), key=_written, reverse=True)
        return [_read(path.read_bytes()) for path in written[:limit]]


def _written(path: Path) -> int:
    return path.stat().st_mtime_ns


def _read(raw: bytes) -> SentMail:
    mail = message_from_bytes(raw, EmailMessage, policy=SMTP)
    body = mail.get_body(("plain",))
    text = body.get_content() if body else ""
    return SentMail(mail["Date"].datetime, str(mail["To"]), str(mail["Subject"]), text)
