"""Where the link of a mail leads: pages for people, whose forms work without a script.

Opening the link changes nothing, for mail scanners open links too. The page asks for the password
that was chosen and posts it: no other site's form can, for it knows neither password nor token.
"""

import re
from functools import partial
from html import escape
from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.params import QueryParameter, URLEncodedBody

from skillbridge.application.accounts.ports import Links
from skillbridge.application.accounts.registration import ResendVerification, VerifyEmail
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import SkillBridgeError, TooMany, Unavailable
from skillbridge.entrypoints.http.fields import Email, LinkToken, Password, origin_of
from skillbridge.entrypoints.http.server.auth import unauthenticated
from skillbridge.entrypoints.http.server.markup import to_page, to_paragraphs
from skillbridge.entrypoints.http.server.operations import answer, get, post
from skillbridge.entrypoints.http.server.problems import status_of

_TOKEN = re.compile(r"[\w-]{0,300}", re.ASCII)
FORM = 16 * 1024
"""Bytes of a form. Reading one is slow, on the event loop: a mebibyte of pairs holds it for 0.4 s."""
FAILED = "A page that says why this link opens nothing, and the way on."


class Confirmation(msgspec.Struct, frozen=True):
    """What the page of the link posts."""

    token: LinkToken = ""
    password: Password = ""


class WantedMail(msgspec.Struct, frozen=True):
    """What the failed page posts; a token, if it is one of ours, names the tenant."""

    email: Email = ""
    token: LinkToken = ""


def to_failed_page(request: Request[Any, Any, Any], error: Exception) -> Response[str]:
    """What these pages answer when something is wrong, or later is better: never JSON."""
    status = error.status_code if isinstance(error, HTTPException) else status_of(type(error))
    words = str(error) if isinstance(error, SkillBridgeError) else "this cannot be read"
    page = to_page(
        "This did not work",
        to_paragraphs(f"{words[0].upper()}{words[1:]}.") + _ask_again(request),
        status=status,
        forms=True,
    )
    if isinstance(error, TooMany | Unavailable):
        page.headers["Retry-After"] = str(error.retry_after)
    return page


PAGES: Any = {SkillBridgeError: to_failed_page, HTTPException: to_failed_page}


post_form = partial(
    post,
    guards=[unauthenticated],
    include_in_schema=False,
    request_max_body_size=FORM,
    status_code=200,
    exception_handlers=PAGES,
)


@get(
    "/auth/verify",
    guards=[unauthenticated],
    security=[{}],
    media_type="text/html",
    responses={422: answer(str, media_type="text/html", description=FAILED)},
    exception_handlers=PAGES,
)
async def open_verification_link(
    links: FromDishka[Links],
    token: Annotated[str, QueryParameter(description="As the mail has it.", max_length=300)] = "",
) -> Response[str]:
    """Where the link of the mail leads: a page that asks for the password, and changes nothing."""
    links.opened(token)
    return _confirm_page(token)


@post_form("/auth/confirm")
async def confirm_from_page(
    data: URLEncodedBody[Confirmation],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    verify: FromDishka[VerifyEmail],
) -> Response[str]:
    request.state.token = data.token
    try:
        await verify(actor, data.token, data.password, origin=origin_of(request))
    except WrongCredentials as error:
        return _confirm_page(data.token, f"{str(error).capitalize()}: try again.", status=400)
    return to_page("Your address is confirmed", "<p>You can log in now and close this page.</p>")


@post_form("/auth/resend")
async def resend_from_page(
    data: URLEncodedBody[WantedMail],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    send: FromDishka[ResendVerification],
) -> Response[str]:
    request.state.token = data.token
    await send(actor, data.email, origin=origin_of(request), token=data.token)
    return to_page(
        "Look into your mail",
        "<p>If a registration waits for this address, a mail is on its way to it. If none comes "
        "within a few minutes, register again.</p>",
    )


def _confirm_page(token: str, wrong: str = "", *, status: int = 200) -> Response[str]:
    told = f'<p role="alert">{escape(wrong)}</p>' if wrong else ""
    return to_page(
        "Confirm your address",
        f"{told}<p>Give the password that you chose when you registered. If you did not register, "
        'close this page: nothing happens.</p><form method="post" action="confirm">'
        f'<input type="hidden" name="token" value="{escape(token)}">'
        '<p><label for="password">Password</label><br><input id="password" name="password" '
        'type="password" autocomplete="current-password" maxlength="512" required autofocus></p>'
        '<p><button type="submit">Confirm</button></p></form>',
        status=status,
        forms=True,
    )


def _ask_again(request: Request[Any, Any, Any]) -> str:
    """The way on. The addresses of forms are relative: a proxy may have put a prefix in front."""
    token = request.query_params.get("token") or request.state.get("token", "")
    kept = token if _TOKEN.fullmatch(token) else ""
    return (
        '<form method="post" action="resend">'
        f'<input type="hidden" name="token" value="{kept}">'
        '<p><label for="email">Your e-mail address</label><br><input id="email" name="email" '
        'type="email" autocomplete="email" maxlength="320" required></p>'
        '<p><button type="submit">Send me a new mail</button></p></form>'
    )
