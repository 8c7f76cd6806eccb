"""/problems/{slug}: where the `type` of every problem leads, for people and for programs; and all of them."""

from html import escape
from typing import Any

from litestar import Request, Response, Router
from litestar.params import FromPath

from skillbridge.domain.errors import NotFound
from skillbridge.entrypoints.http.server.auth import open_to_all
from skillbridge.entrypoints.http.server.explanations import explanations
from skillbridge.entrypoints.http.server.markup import to_page, to_paragraphs
from skillbridge.entrypoints.http.server.negotiation import preferred_kind
from skillbridge.entrypoints.http.server.operations import get

KEEP = {"Cache-Control": "public, max-age=86400", "Vary": "Accept"}
_JSON, _HTML = "application/json", "text/html"


class UnknownProblem(NotFound):
    """No error of this service has such a name."""


@get("/", guards=[open_to_all], include_in_schema=False)
async def every_problem(request: Request[Any, Any, Any]) -> Response[Any]:
    """A list for a browser, JSON for everyone else: what a client may have to handle."""
    found = sorted(explanations(request.app.state.prefix).values(), key=lambda one: one.title)
    if preferred_kind(request.headers.get("accept", ""), (_JSON, _HTML)) != _HTML:
        return Response(found, media_type=_JSON, headers=KEEP)
    items = (
        f'<li><a href="{escape(one.type)}">{escape(one.title)}</a>, {one.status}</li>'
        for one in found
    )
    page = to_page("Problems", f"<ul>{''.join(items)}</ul>")
    page.headers.update(KEEP)
    return page


@get("/{slug:str}", guards=[open_to_all], include_in_schema=False)
async def explain(slug: FromPath[str], request: Request[Any, Any, Any]) -> Response[Any]:
    """A small page for a browser, JSON for everyone else. Raises UnknownProblem."""
    found = explanations(request.app.state.prefix).get(slug)
    if found is None:
        raise UnknownProblem("no problem has this name; see the `type` of an answer")
    if preferred_kind(request.headers.get("accept", ""), (_JSON, _HTML)) != _HTML:
        return Response(found, media_type=_JSON, headers=KEEP)
    text = f"{found.explanation}\n\nHTTP status {found.status}."
    page = to_page(found.title, to_paragraphs(text))
    page.headers.update(KEEP)
    return page


routes = Router("/problems", route_handlers=[every_problem, explain])
