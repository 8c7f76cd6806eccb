"""Where the link of a registration's mail leads: a page that asks for the password chosen then."""

from html import escape
from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Request, Response
from litestar.params import QueryParameter, URLEncodedBody

from skillbridge.application.accounts.ports.proofs import Links
from skillbridge.application.accounts.registration import ResendVerification, VerifyEmail
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.actor import Actor
from skillbridge.entrypoints.http.fields import Email, LinkToken, Password, origin_of
from skillbridge.entrypoints.http.mailed_links import ask_by_mail, open_link, pages, post_form
from skillbridge.entrypoints.http.server.markup import to_page

PAGES = pages(ask_by_mail("resend"))


class Confirmation(msgspec.Struct, frozen=True):
    """What the page of the link posts."""

    token: LinkToken = ""
    password: Password = ""


class WantedMail(msgspec.Struct, frozen=True):
    """What the failed page posts; a token, if it is one of ours, names the tenant."""

    email: Email = ""
    token: LinkToken = ""


@open_link("/auth/verify", exception_handlers=PAGES)
async def open_verification_link(
    links: FromDishka[Links],
    token: Annotated[str, QueryParameter(description="As the mail has it.", max_length=300)] = "",
) -> Response[str]:
    """Where the link of the mail leads: a page that asks for the password, and changes nothing."""
    links.opened(token)
    return _confirm_page(token)


@post_form("/auth/confirm", exception_handlers=PAGES)
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


@post_form("/auth/resend", exception_handlers=PAGES)
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
