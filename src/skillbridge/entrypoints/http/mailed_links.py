"""Where the links of mails lead: pages for people, whose forms work without a script.

Opening a link changes nothing, for mail scanners open links too. The page posts what its link says: no
other site's form can, for it does not know that.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from skillbridge.domain.errors import SkillBridgeError, TooMany, Unavailable
from skillbridge.entrypoints.http.server.auth import unauthenticated
from skillbridge.entrypoints.http.server.markup import to_page, to_paragraphs
from skillbridge.entrypoints.http.server.operations import answer, get, post
from skillbridge.entrypoints.http.server.problems import status_of

AnyRequest = Request[Any, Any, Any]
WayOn = Callable[[AnyRequest], str]
"""HTML that stands on the page of a link that opens nothing."""

_TOKEN = re.compile(r"[\w-]{0,300}", re.ASCII)
FORM = 16 * 1024
"""Bytes of a form. Reading one is slow, on the event loop: a mebibyte of pairs holds it for 0.4 s."""
FAILED = "A page that says why this link opens nothing, and the way on."


def pages(way_on: WayOn) -> Any:
    """What pages answer when something is wrong, or later is better: never JSON."""

    def to_failed_page(request: AnyRequest, error: Exception) -> Response[str]:
        status = error.status_code if isinstance(error, HTTPException) else status_of(type(error))
        words = str(error) if isinstance(error, SkillBridgeError) else "this cannot be read"
        page = to_page(
            "This did not work",
            to_paragraphs(f"{words[0].upper()}{words[1:]}.") + way_on(request),
            status=status,
            forms=True,
        )
        if isinstance(error, TooMany | Unavailable):
            page.headers["Retry-After"] = str(error.retry_after)
        return page

    return {SkillBridgeError: to_failed_page, HTTPException: to_failed_page}


FAILED_PAGE = answer(str, media_type="text/html", description=FAILED)
open_link = partial(
    get,
    guards=[unauthenticated],
    security=[{}],
    media_type="text/html",
    responses={422: FAILED_PAGE},
)
post_form = partial(
    post,
    guards=[unauthenticated],
    include_in_schema=False,
    request_max_body_size=FORM,
    status_code=200,
)


def ask_by_mail(action: str) -> WayOn:
    """A form that asks for a new mail; the token that failed, if it is one of ours, names the tenant.

    The addresses of forms are relative: a proxy may have put a prefix in front.
    """

    def way_on(request: AnyRequest) -> str:
        token = request.query_params.get("token") or request.state.get("token", "")
        kept = token if _TOKEN.fullmatch(token) else ""
        return (
            f'<form method="post" action="{action}">'
            f'<input type="hidden" name="token" value="{kept}">'
            '<p><label for="email">Your e-mail address</label><br><input id="email" name="email" '
            'type="email" autocomplete="email" maxlength="320" required></p>'
            '<p><button type="submit">Send me a new mail</button></p></form>'
        )

    return way_on
