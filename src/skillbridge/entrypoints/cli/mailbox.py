"""`skillbridge mailbox`: the mails of a local stack, which nobody sent anywhere."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape
from rich.text import Text

from skillbridge.application.accounts.ports.mails import Mailbox
from skillbridge.application.accounts.views import SentMail
from skillbridge.entrypoints.cli.asking import answer_of
from skillbridge.entrypoints.cli.terminal import wide_console

console = wide_console()


def mailbox(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, from the newest.")] = 10,
) -> None:
    """Read the mails of this local stack, the newest last."""
    mails: Sequence[SentMail] = answer_of(Mailbox, lambda box: box.newest(limit=limit))
    if not mails:
        console.print(
            "no mail yet; with SMTP_URL set, mails leave and are not kept here, and "
            "`serve --memory` shows its own at /mailbox"
        )
    for mail in reversed(mails):
        when = mail.at.isoformat(timespec="seconds")
        console.rule(f"{escape(mail.subject)} · {escape(mail.to)} · {when}")
        console.print(Text(mail.text.strip()), soft_wrap=True)  # a link must stay in one piece
