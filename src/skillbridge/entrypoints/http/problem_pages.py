"""/problems/{slug}: where the `type` of every problem leads, for people and for programs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import getdoc
from typing import Any

from litestar import Request, Response, Router
from litestar.params import FromPath

from skillbridge.domain.errors import NotFound, SkillBridgeError
from skillbridge.entrypoints.http.auth import open_to_all
from skillbridge.entrypoints.http.faults import slug_of
from skillbridge.entrypoints.http.markup import to_page, to_paragraphs
from skillbridge.entrypoints.http.negotiation import preferred_kind
from skillbridge.entrypoints.http.operations import get
from skillbridge.entrypoints.http.problems import GENERAL, status_of, title_of

KEEP = {"Cache-Control": "public, max-age=86400", "Vary": "Accept"}
_JSON, _HTML = "application/json", "text/html"


class UnknownProblem(NotFound):
    """No error of this service has such a name."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an error means; what happened in a single request stands in its `detail`."""

    type: str
    title: str
    status: int
    explanation: str


def explanations(prefix: str = "") -> Mapping[str, Explanation]:
    """Every problem by its slug: our own errors say in their docstrings what they mean."""
    own = {
        slug_of(kind): _explain(prefix, slug_of(kind), status_of(kind), getdoc(kind) or "")
        for kind in _kinds(SkillBridgeError)
    }
    general = {
        slug: _explain(prefix, slug, status, f"{detail[0].upper()}{detail[1:]}.")
        for slug, (status, detail) in GENERAL.items()
    }
    return general | own


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


def _kinds(kind: type[SkillBridgeError]) -> Iterator[type[SkillBridgeError]]:
    for narrower in kind.__subclasses__():
        yield narrower
        yield from _kinds(narrower)


def _explain(prefix: str, slug: str, status: int, text: str) -> Explanation:
    return Explanation(f"{prefix}/problems/{slug}", title_of(slug), status, text)


routes = Router("/problems", route_handlers=[explain])
