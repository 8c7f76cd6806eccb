"""What each operation may refuse with: from its guard, its body, its parameters and its rules.

A rule's own errors stand beside the route, as `refuses=[UnknownMatch, IllegalMove]`; a test of
ours fails when an answer names one that does not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from itertools import groupby
from typing import Any, get_type_hints

from litestar.handlers import HTTPRouteHandler

from skillbridge.domain.errors import (
    AlreadyThere,
    ChangedSinceSeen,
    Invalid,
    SeveralFaults,
    SkillBridgeError,
    TooMany,
)
from skillbridge.entrypoints.http.contract.examples import NAMES
from skillbridge.entrypoints.http.contract.headers import ALWAYS, HEADERS, LIMITS
from skillbridge.entrypoints.http.contract.shapes import body_of
from skillbridge.entrypoints.http.server.explanations import Explanation, explanations, kinds_of
from skillbridge.entrypoints.http.server.faults.fault import slug_of
from skillbridge.entrypoints.http.server.idempotency import REFUSES, IdempotencyKey
from skillbridge.entrypoints.http.server.middleware import NulCharacter
from skillbridge.entrypoints.http.server.overload import Overloaded
from skillbridge.entrypoints.http.server.paging import After, BadCursor
from skillbridge.entrypoints.http.server.problems import MEDIA_TYPE
from skillbridge.entrypoints.http.server.quotas import quotas_of
from skillbridge.entrypoints.http.server.versions import BadIfMatch, IfMatch

Refusal = type[SkillBridgeError] | str
"""An error of the domain, or the name of a general problem."""

ANYWHERE: tuple[Refusal, ...] = (NulCharacter, "ambiguous-host")
"""What the middleware refuses, wherever the request leads."""
NEVER_WAIT = {"IsAlive", "IsReady"}
"""Operations that are answered also by a process that is full."""
BODY: tuple[Refusal, ...] = (
    "malformed-request",
    "invalid-request",
    "body-too-slow",
    "body-too-large",
    "unsupported-media-type",
    "unsupported-content-coding",
)
STREAMED: tuple[Refusal, ...] = (
    "malformed-request",
    "body-too-slow",
    "unsupported-media-type",
    "unsupported-content-coding",
)
"""Of a body that is taken as it comes: its size is the rule of who takes it."""
PARAMETERS: tuple[tuple[Any, tuple[Refusal, ...]], ...] = (
    (After, (BadCursor,)),
    (IfMatch, (BadIfMatch, ChangedSinceSeen)),
    (IdempotencyKey, REFUSES),
)
"""What reading a parameter, or heeding it, may raise."""

FEW = 3
"""Problems whose names are still a name together."""

STATUS = {
    400: "The request cannot be read, or does not fit the contract; `errors` names each field.",
    401: "Nobody has shown who is asking, or what they showed does not hold.",
    403: "This is not for you, or not yet; `detail` says what is missing.",
    404: "There is no such thing, or it is not yours to see: the two are not told apart.",
    408: "The body took too long to arrive.",
    409: "The right request at the wrong moment; read again what there is now.",
    412: "It has changed since you saw it; read again what there is now.",
    413: "There are more bytes than are taken; `detail` says how many are.",
    415: "The body is of another kind, or coded.",
    422: "The request breaks a rule; `errors` names the field, where it is one.",
    460: "What arrived is not what was sent, by its checksum: send it again (tus 1.0.0).",
    429: "Asked too often: wait for as many seconds as `Retry-After` says.",
    503: "Too much is asked now, or something this stands on is away: try again after `Retry-After` "
    "seconds.",
}
LATER = {429, 503}
_TOLD: Mapping[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    429: ("Retry-After", *LIMITS),
    503: ("Retry-After",),
}
_TOLD_BY: dict[str, tuple[str, ...]] = {
    "unsupported-media-type": ("Accept", "Accept-Patch"),
    "unsupported-content-coding": ("Accept-Encoding",),
    "key-in-flight": ("Retry-After",),
    "authorization-pending": ("Retry-After",),
    "missing-scope": ("WWW-Authenticate",),
    "unsupported-tus-version": ("Tus-Version",),
}
"""Headers of a problem whose answer it shares with others."""


def refusals(handler: HTTPRouteHandler) -> Iterator[tuple[int, list[Explanation]]]:
    """Each status that the operation may refuse with, and which problems it then names."""
    known = explanations()
    found = {slug: known[slug] for slug in map(_slug, _all(handler))}
    ordered = sorted(found.values(), key=lambda one: (one.status, one.type))
    for status, some in groupby(ordered, key=lambda one: one.status):
        yield status, list(some)


def pages(handler: HTTPRouteHandler) -> Iterator[tuple[int, dict[str, Any]]]:
    """The same of an operation for people: a page says what is wrong, or that later is better.

    What is refused before anything is done is a problem, whoever asks.
    """
    page = {"text/html": {"schema": {"type": "string"}}}
    full = answer(HTTPStatus.SERVICE_UNAVAILABLE, [explanations()[slug_of(Overloaded)]])["content"]
    statuses = {status for status, _ in refusals(handler)} & {HTTPStatus.NOT_FOUND, *LATER}
    for status in sorted({400, *statuses}):
        yield (
            status,
            {
                "description": STATUS[status],
                "headers": _headers(status, ()),
                "content": page | full if status == HTTPStatus.SERVICE_UNAVAILABLE else page,
            },
        )


def component(operation_id: str, status: int, problems: Sequence[Explanation]) -> str:
    """The answer's name: the same few problems are one answer, whoever gives it."""
    if len(problems) > FEW:
        return f"{operation_id}{status}"
    return "Or".join(one.title.title().replace(" ", "") for one in problems)


def answer(status: int, problems: list[Explanation]) -> dict[str, Any]:
    """One response of the contract: its headers, and the `type`s that tell its problems apart."""
    kinds = {"type": "string", "enum": [one.type for one in problems]}
    members = {name: {"type": "string"} for one in problems for name in one.members}
    narrowed = {"type": "object", "required": ["type"], "properties": {"type": kinds, **members}}
    content = {
        "schema": {"allOf": [{"$ref": "#/components/schemas/Problem"}, narrowed]},
        "examples": {one.type.rpartition("/")[2]: {"value": _example(one)} for one in problems},
    }
    meanings = "\n".join(f"- `{one.type}`: {_sentence(one)}" for one in problems)
    return {
        "description": f"{STATUS[status]}\n\n{meanings}",
        "headers": _headers(status, problems),
        "content": {MEDIA_TYPE: content},
    }


def _all(handler: HTTPRouteHandler) -> Iterator[Refusal]:
    yield from ANYWHERE
    if handler.operation_id not in NEVER_WAIT:
        yield Overloaded
    for guard in handler.resolve_guards():
        yield from getattr(guard, "refuses", ())
    if quotas_of(handler):
        yield TooMany
    if body_of(handler) is not None:
        yield from BODY
    elif "streams" in handler.opt:
        yield from STREAMED
    hints = get_type_hints(handler.fn, include_extras=True)
    if handler.media_type != "text/html":  # a query may have what the operation has not
        yield "invalid-request"
    for annotation, raised in PARAMETERS:
        if annotation in hints.values():
            yield from raised
    own = handler.opt.get("refuses", ())
    yield from own
    if sum(isinstance(one, type) and issubclass(one, Invalid) for one in own) > 1:
        yield SeveralFaults


def _slug(refusal: Refusal) -> str:
    return refusal if isinstance(refusal, str) else slug_of(refusal)


def _sentence(problem: Explanation) -> str:
    return " ".join(problem.explanation.split("\n\n")[0].split())


def _example(problem: Explanation) -> dict[str, Any]:
    return {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": _sentence(problem),
        "instance": "/v1/me",
        "request_id": HEADERS["X-Request-Id"].example,
        **{name: NAMES[name] for name in problem.members},
    }


def _headers(status: int, problems: Iterable[Explanation]) -> dict[str, Any]:
    names = (*ALWAYS, *_TOLD.get(status, ()))
    headers = {name: HEADERS[name].published(always=False) for name in LIMITS}
    headers |= {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    there = {slug_of(kind): ("Location",) for kind in kinds_of(AlreadyThere)}
    for slug, told in (there | _TOLD_BY).items():
        if any(one.type.endswith(f"/{slug}") for one in problems):
            headers |= {name: HEADERS[name].published(always=False) for name in told}
    return headers
