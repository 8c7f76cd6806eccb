"""/mailbox: the mails of a local stack, to be read in a browser. Never mounted on a server."""

from html import escape

from dishka import FromDishka
from litestar import Response, Router

from skillbridge.application.accounts.ports import Mailbox
from skillbridge.application.accounts.views import SentMail
from skillbridge.entrypoints.http.server.auth import open_to_all
from skillbridge.entrypoints.http.server.inject import inject
from skillbridge.entrypoints.http.server.markup import to_page, to_paragraphs
from skillbridge.entrypoints.http.server.operations import get

SHOWN = 100


@get("/", guards=[open_to_all], include_in_schema=False)
@inject
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
