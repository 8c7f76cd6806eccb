"""Where providers send browsers back to: what they bring goes on to the page that began, and does nothing here.

The code is no secret that opens anything: it wants the secret of the browser or app that began, and ours.
"""

from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

import msgspec
from dishka import FromDishka
from litestar import Request, Response
from litestar.params import FromPath

from skillbridge.application.accounts.authorizing import FindReturn
from skillbridge.domain.accounts.authorization import AuthorizationOver
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Invalid
from skillbridge.entrypoints.http.mailed_links import pages
from skillbridge.entrypoints.http.server.auth import unauthenticated
from skillbridge.entrypoints.http.server.markup import HEADERS, to_page
from skillbridge.entrypoints.http.server.operations import get

ReturnTo = Annotated[
    str,
    msgspec.Meta(
        max_length=500,
        description="Your page that goes on: of this installation, or of an origin that its settings let in. "
        "It is given `state`, and `code` or `error`.",
        examples=["https://app.example.org/signed-in"],
    ),
]
AnyRequest = Request[Any, Any, Any]
PAGES = pages(lambda _: "<p>Go back to where you began, and begin again.</p>")


class UnfitReturn(Invalid):
    """The page is of an origin that this installation does not let in."""

    def __init__(self) -> None:
        super().__init__(
            "return_to is a page of this installation, or of an origin of SKILLBRIDGE_CORS_ORIGINS, without a "
            "? or a #",
            field="return_to",
        )


class UnboundReturn(Invalid):
    """What is begun from another origin comes back without the cookie that would bind it."""

    def __init__(self) -> None:
        super().__init__(
            "a page of another origin has no cookie of ours when it finishes: make a random secret, give its "
            "BASE64URL(SHA-256) as binding, and the secret itself at the finish",
            field="binding",
        )


def must_be_bound(request: AnyRequest, page: str | None, binding: str) -> None:
    """Raises UnboundReturn where it is begun at, or goes on to, an origin that is not this installation's."""
    public = urlsplit(request.app.state.settings.public_url)
    here = f"{public.scheme}://{public.netloc}"
    parts = urlsplit(page or here)
    origins = {request.headers.get("origin", here), f"{parts.scheme}://{parts.netloc}"}
    if not binding and origins != {here}:
        raise UnboundReturn


def allowed(request: AnyRequest, page: str) -> str | None:
    """The page itself; None for none. Raises UnfitReturn."""
    if not page:
        return None
    settings = request.app.state.settings
    public = urlsplit(settings.public_url)
    origins = {*settings.cors_origins, f"{public.scheme}://{public.netloc}"} - {"*", "null"}
    try:
        parts = urlsplit(page)
    except ValueError as error:
        raise UnfitReturn from error
    plain = page.isascii() and page.isprintable() and not set(page) & set(' ?#\\"<>')
    if not plain or f"{parts.scheme}://{parts.netloc}" not in origins:
        raise UnfitReturn
    return page


@get(
    "/auth/providers/{provider:str}/callback",
    guards=[unauthenticated],
    include_in_schema=False,
    exception_handlers=PAGES,
)
async def come_back_from_provider(
    request: AnyRequest,
    provider: FromPath[str],
    actor: FromDishka[Actor],
    find: FromDishka[FindReturn],
) -> Response[str]:
    state, code = (request.query_params.get(name, "") for name in ("state", "code"))
    try:
        page = await find(actor, provider, state)
    except AuthorizationOver as over:  # of a page nobody can prove anything
        raise Invalid(str(over)) from over
    if page is None:
        return to_page("Go back to the app", "<p>The app that you came from goes on from here.</p>")
    error = request.query_params.get("error", "no_code")
    brought = {"state": state, **({"code": code} if code else {"error": error})}
    headers = {**HEADERS, "Location": f"{page}?{urlencode(brought)}"}
    return Response("", status_code=303, media_type="text/html", headers=headers)
