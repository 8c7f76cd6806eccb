"""/: where to go from here, for whoever comes without knowing; and the sign in the browser's tab."""

from collections.abc import Mapping
from html import escape
from typing import Any

from litestar import Request, Response, Router

from skillbridge.entrypoints.http.server.auth import open_to_all
from skillbridge.entrypoints.http.server.markup import to_page
from skillbridge.entrypoints.http.server.negotiation import preferred_kind
from skillbridge.entrypoints.http.server.operations import get

PLACES = {
    "docs": ("/docs", "The API, to try out"),
    "openapi": ("/openapi.json", "Its contract, for programs"),
    "problems": ("/problems", "What can go wrong, and the way out"),
    "health": ("/health/ready", "How it is"),
}
_JSON, _HTML = "application/json", "text/html"
_WEEK = {"Cache-Control": "max-age=604800, public"}
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" '
    'fill="#00429d"/><path d="M4 22h24M7 22c0-12 18-12 18 0M12 22v-8M20 22v-8" fill="none" '
    'stroke="#fff" stroke-width="2.5"/></svg>'
)
"""A bridge."""


@get("/", guards=[open_to_all], include_in_schema=False)
async def welcome(request: Request[Any, Any, Any]) -> Response[Any]:
    """A page for a browser, JSON for everyone else."""
    here = request.app.state.prefix
    links = {name: (f"{here}{path}", words) for name, (path, words) in PLACES.items()}
    if preferred_kind(request.headers.get("accept", ""), (_JSON, _HTML)) == _HTML:
        page = to_page("SkillBridge", _listed(links))
        page.headers["Vary"] = "Accept"
        return page
    told = {"name": "SkillBridge", **{name: path for name, (path, _) in links.items()}}
    return Response(told, headers={"Vary": "Accept"})


@get(
    "/favicon.ico",
    guards=[open_to_all],
    include_in_schema=False,
    media_type="image/svg+xml; charset=utf-8",
)
async def icon() -> Response[str]:
    return Response(ICON, headers=_WEEK)


def _listed(links: Mapping[str, tuple[str, str]]) -> str:
    items = (f'<li><a href="{escape(path)}">{words}</a></li>' for path, words in links.values())
    return f"<ul>{''.join(items)}</ul>"


routes = Router("/", route_handlers=[welcome, icon])
