"""/mailbox: the mails of a local stack, to be read in a browser. Never mounted on a server.

Only who asks for it by a name of this machine is answered: a page of any site can have its own name
lead here (DNS rebinding), and would read the mails as its own.
"""

import re
from html import escape
from typing import Any

from dishka import FromDishka
from litestar import Response, Router
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from skillbridge.application.accounts.ports.mails import Mailbox
from skillbridge.application.accounts.views import SentMail
from skillbridge.domain.errors import Forbidden
from skillbridge.entrypoints.http.server.auth import open_to_all
from skillbridge.entrypoints.http.server.markup import to_page, to_paragraphs
from skillbridge.entrypoints.http.server.operations import get

SHOWN = 100
_HERE = re.compile(
    r"(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE
)


class AskedByAnotherName(Forbidden):
    """What is open on this machine alone was asked for by a name that others can give it."""


async def by_a_name_of_this_machine(
    connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
) -> None:
    if not _HERE.fullmatch(connection.scope["asked_host"]):  # type: ignore[typeddict-item]  # see Api
        raise AskedByAnotherName(
            "the mails of this machine are shown under its own names alone: ask for /mailbox at "
            "127.0.0.1 or localhost, or run `skillbridge mailbox`"
        )


@get("/", guards=[open_to_all, by_a_name_of_this_machine], include_in_schema=False)
async def read_mailbox(mailbox: FromDishka[Mailbox]) -> Response[str]:
    mails = await mailbox.newest(limit=SHOWN)
    body = "".join(map(_article, mails)) or "<p>No mail yet. Reload after you register.</p>"
    return to_page("Local mailbox", body)


def _article(mail: SentMail) -> str:
    when = mail.at.isoformat(timespec="seconds")
    return (
        f"<article><h2>{escape(mail.subject)}</h2>"
        f'<p>To {escape(mail.to)}, <time datetime="{when}">{when}</time></p>'
        f"{to_paragraphs(mail.text)}</article>"
    )


routes = Router("/mailbox", route_handlers=[read_mailbox])
