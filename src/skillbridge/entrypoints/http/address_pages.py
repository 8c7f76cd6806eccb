"""Where the mail to a new address leads: a page whose button makes it the account's."""

from html import escape
from typing import Annotated

import msgspec
from dishka import FromDishka
from litestar import Response
from litestar.params import QueryParameter, URLEncodedBody

from skillbridge.application.accounts.addresses import ConfirmAddress
from skillbridge.application.accounts.ports.proofs import ProofSecrets
from skillbridge.domain.accounts.one_time_proof import Purpose
from skillbridge.domain.actor import Actor
from skillbridge.entrypoints.http.fields import LinkToken
from skillbridge.entrypoints.http.mailed_links import open_link, pages, post_form
from skillbridge.entrypoints.http.server.markup import to_page

PAGES = pages(lambda _: "<p>The way on starts where you are logged in.</p>")


class Confirmed(msgspec.Struct, frozen=True):
    """What the page of the link posts."""

    token: LinkToken = ""


@open_link("/auth/email", exception_handlers=PAGES)
async def open_address_link(
    secrets: FromDishka[ProofSecrets],
    token: Annotated[str, QueryParameter(description="As the mail has it.", max_length=300)] = "",
) -> Response[str]:
    """Where the link of the mail leads: a page with a button, and nothing has changed yet."""
    secrets.opened(token, Purpose.CHANGE_ADDRESS)
    return to_page(
        "Confirm your new address",
        "<p>This address becomes the one of your SkillBridge account. If you did not ask for this, close "
        'this page: nothing happens.</p><form method="post" action="new-address">'
        f'<input type="hidden" name="token" value="{escape(token)}">'
        '<p><button type="submit">Confirm this address</button></p></form>',
        forms=True,
    )


@post_form("/auth/new-address", exception_handlers=PAGES)
async def confirm_address_from_page(
    data: URLEncodedBody[Confirmed],
    actor: FromDishka[Actor],
    confirm: FromDishka[ConfirmAddress],
) -> Response[str]:
    await confirm(actor, data.token)
    return to_page(
        "Your address is changed",
        "<p>Log in with the new address from now on; you can close this page.</p>",
    )
