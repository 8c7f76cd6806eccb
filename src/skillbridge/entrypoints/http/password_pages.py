"""Where the mail of a forgotten password leads: a page that takes a new one."""

from html import escape
from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Request, Response
from litestar.params import QueryParameter, URLEncodedBody

from skillbridge.application.accounts.passwords import (
    ByLink,
    RequestPasswordReset,
    ResetPassword,
)
from skillbridge.domain.accounts.one_time_proof import Purpose
from skillbridge.domain.accounts.password import SHORTEST, WeakPassword
from skillbridge.domain.actor import Actor
from skillbridge.entrypoints.http.fields import Email, LinkToken, Password, origin_of
from skillbridge.entrypoints.http.mailed_links import (
    FAILED_PAGE,
    ask_by_mail,
    open_link,
    pages,
    post_form,
)
from skillbridge.entrypoints.http.server.markup import to_page
from skillbridge.entrypoints.http.server.revocation import end_here

PAGES = pages(ask_by_mail("forgot"))


class Chosen(msgspec.Struct, frozen=True):
    """What the page of the link posts."""

    token: LinkToken = ""
    password: Password = ""


class Forgotten(msgspec.Struct, frozen=True):
    """What the failed page posts."""

    email: Email = ""
    token: LinkToken = ""


@open_link("/auth/reset", exception_handlers=PAGES, responses={409: FAILED_PAGE, 422: FAILED_PAGE})
async def open_reset_link(
    actor: FromDishka[Actor],
    reset: FromDishka[ResetPassword],
    token: Annotated[str, QueryParameter(description="As the mail has it.", max_length=300)] = "",
) -> Response[str]:
    """Where the link of the mail leads: a page that takes a new password, and changes nothing yet."""
    await reset.by_link(actor, token, Purpose.RESET_PASSWORD)
    return _page(token)


@post_form("/auth/new-password", exception_handlers=PAGES)
async def reset_from_page(
    data: URLEncodedBody[Chosen],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    reset: FromDishka[ResetPassword],
) -> Response[str]:
    request.state.token = data.token
    try:
        ended = await reset(actor, ByLink(data.token), data.password, origin=origin_of(request))
    except WeakPassword as error:
        return _page(data.token, f"{str(error)[:1].upper()}{str(error)[1:]}", status=400)
    end_here(request, ended)
    return to_page(
        "Your password is changed",
        "<p>You are logged out everywhere. Log in with the new password; you can close this page.</p>",
    )


@post_form("/auth/forgot", exception_handlers=PAGES)
async def forgot_from_page(
    data: URLEncodedBody[Forgotten],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    send: FromDishka[RequestPasswordReset],
) -> Response[str]:
    request.state.token = data.token
    await send(actor, data.email, origin=origin_of(request), token=data.token)
    return to_page(
        "Look into your mail",
        "<p>If this address has an account, a mail is on its way to it. It is good for half "
        "an hour. If none comes within a few minutes, the address may still wait to be confirmed: register "
        "again.</p>",
    )


def _page(token: str, wrong: str = "", *, status: int = 200) -> Response[str]:
    told = f'<p role="alert">{escape(wrong)}</p>' if wrong else ""
    return to_page(
        "Set a new password",
        f"{told}<p>Choose a password of at least {SHORTEST} characters; several words are fine. If you "
        'did not ask for this, close this page: nothing happens.</p><form method="post" action="new-password">'
        f'<input type="hidden" name="token" value="{escape(token)}">'
        '<p><label for="password">New password</label><br><input id="password" name="password" '
        'type="password" autocomplete="new-password" maxlength="512" required autofocus></p>'
        '<p><button type="submit">Set this password</button></p></form>',
        status=status,
        forms=True,
    )
