"""Plug mail into the ports."""

from pathlib import Path

from dishka import Provider, Scope, provide

from skillbridge.adapters.mail.folder import FolderMailbox, FolderMailer
from skillbridge.adapters.mail.smtp import Server, SmtpMailer
from skillbridge.application.accounts.ports.mails import Mailbox, Mailer
from skillbridge.application.ports.clock import Clock


class MailProvider(Provider):
    """By SMTP where a server is given, else into `folder`."""

    scope = Scope.APP

    def __init__(self, folder: Path, *, sender: str, server: Server | None = None) -> None:
        super().__init__()
        self._folder = folder
        self._sender = sender
        self._server = server

    @provide
    def mailer(self, clock: Clock) -> Mailer:
        if self._server is None:
            return FolderMailer(self._folder, self._sender, clock)
        return SmtpMailer(self._server, self._sender, clock)

    @provide
    def mailbox(self) -> Mailbox:
        return FolderMailbox(self._folder)
