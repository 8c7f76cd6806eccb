"""The contract as it is published, made from the operations themselves.

Litestar knows the paths, the parameters and the words. The shapes come from what reads and writes
them, the refusals from what an operation is, headers and event types from beside its route; and of
all of it an example is made. So whatever is added later has them too.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from inspect import getdoc
from typing import Any, get_type_hints
from uuid import UUID

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import OpenAPI, Tag
from litestar.router import Router
from litestar.routes import HTTPRoute

from skillbridge.application.paging import Key
from skillbridge.entrypoints.http.contract import refusals
from skillbridge.entrypoints.http.contract.examples import FORMATS, Examples
from skillbridge.entrypoints.http.contract.headers import ALWAYS, ASKED, HEADERS, LIMITS
from skillbridge.entrypoints.http.contract.parameters import tidy
from skillbridge.entrypoints.http.contract.shapes import Shapes, answer_of, body_of, events_of
from skillbridge.entrypoints.http.server.auth import scope_of
from skillbridge.entrypoints.http.server.event_types import EventType
from skillbridge.entrypoints.http.server.faults.fault import SHAPE
from skillbridge.entrypoints.http.server.idempotency import REPLAYED, IdempotencyKey
from skillbridge.entrypoints.http.server.middleware import JSON_ONLY
from skillbridge.entrypoints.http.server.paging import Cursors
from skillbridge.entrypoints.http.server.quotas import SECOND, Quota, quotas_of
from skillbridge.entrypoints.http.server.versions import IfNoneMatch

Schema = dict[str, Any]
Handlers = Mapping[str, HTTPRouteHandler]

_TEXT: Schema = {"schema": {"type": "string"}}
_BYTES: Schema = {"schema": {"type": "string", "format": "binary"}, "example": "PK"}
_PIECE: Schema = {"schema": {"type": "string", "format": "binary"}, "example": "any bytes"}
_BESIDE = {"206": ("ETag", "Accept-Ranges", "Content-Range"), "304": ("ETag", "Vary")}
_UNCHANGED, _EMPTY = "304", "204"
PLACE = Key(datetime(2026, 11, 22, 9, 30, tzinfo=UTC), UUID(FORMATS["uuid"]))
"""After which a page of the examples begins."""

PROBLEM: Schema = {
    "type": "object",
    "title": "Problem",
    "description": "What was wrong and the way out (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "The kind of problem, and where it is explained.",
        },
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What was wrong this time, for people."},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "request_id": {"type": "string", "description": "Finds this request in our log."},
        "errors": {
            "type": "array",
            "description": "The parts of the request that do not fit, where there are any.",
            "items": SHAPE,
        },
    },
}


@dataclass
class Contract(OpenAPI):
    """The document, with what Litestar cannot know of it."""

    def to_schema(self) -> Schema:
        return _Writer(super().to_schema(), self._handlers).document()

    def of(self, handlers: Handlers) -> "Contract":
        self._handlers = handlers
        return self


@dataclass
class ContractConfig(OpenAPIConfig):
    """Makes a `Contract` where Litestar would make its plain document."""

    handlers: Handlers = field(default_factory=dict)

    def to_openapi_schema(self) -> OpenAPI:
        return Contract(**vars(super().to_openapi_schema())).of(self.handlers)


def published(routers: Iterable[Router]) -> Handlers:
    """The operations of the contract by their names; what is not for programs is left out.

    They are looked at in copies: Litestar copies its own deeply for each app, and what it keeps of
    a signature that was looked at cannot be.
    """
    routes = (route for one in routers for route in one.routes if isinstance(route, HTTPRoute))
    return {
        handler.operation_id: handler
        for route in routes
        for handler in map(copy, route.route_handlers)
        if isinstance(handler.operation_id, str) and handler.resolve_include_in_schema()
    }


def tags(handlers: Handlers) -> list[Tag]:
    """Each group of operations, in the words of the modules that have them."""
    said: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for handler in handlers.values():
        words = getdoc(sys.modules[handler.fn.__module__]) or ""
        for tag in handler.resolve_tags() or ():
            said[tag][words] = None
    return [Tag(name, description="\n\n".join(words)) for name, words in sorted(said.items())]


class _Writer:
    """Writes one document."""

    def __init__(self, document: Schema, handlers: Handlers) -> None:
        self._document, self._handlers = document, handlers
        self._shapes = Shapes(handlers.values())
        self._answers: dict[str, Schema] = {}
        self._examples = Examples({**self._shapes.components, "Problem": PROBLEM})

    def document(self) -> Schema:
        for path, methods in self._document["paths"].items():
            for operation in methods.values():
                self._operation(path, operation, self._handlers[operation["operationId"]])
        components = self._document["components"]
        components["schemas"] = dict(sorted(self._shapes.components.items()))
        components["schemas"]["Problem"] = PROBLEM
        components["responses"] = dict(sorted(self._answers.items()))
        named = msgspec.json.encode([self._document["paths"], components["responses"]])
        components["headers"] = {
            name: one.published()
            for name, one in HEADERS.items()
            if f'"#/components/headers/{name}"'.encode() in named
        }
        return self._document

    def _operation(self, path: str, operation: Schema, handler: HTTPRouteHandler) -> None:
        operation["summary"] = _words(operation["operationId"])
        if (scope := scope_of(handler)) is not None:
            operation["x-scope"] = scope
        operation["x-rate-limits"] = [_limit(quota) for quota in quotas_of(handler)]
        parameters = [self._examples.of_parameter(tidy(p)) for p in operation.pop("parameters", ())]
        if parameters := [*parameters, *_asked(handler)]:
            operation["parameters"] = [_of_this_list(path, parameters, one) for one in parameters]
        if (body := body_of(handler)) is not None:
            content = self._json(body, handler.opt.get("takes", JSON_ONLY))
            operation["requestBody"] = {"required": True, "content": content}
        elif "streams" in handler.opt:
            content = dict.fromkeys(handler.opt["takes"], _PIECE)
            operation["requestBody"] = {"required": True, "content": content}
        answers = {
            status: self._answer(handler, operation, status)
            for status in _meant(handler, operation)
        }
        hints = get_type_hints(handler.fn, include_extras=True).values()
        if IdempotencyKey in hints:
            for answer in answers.values():
                answer["headers"][REPLAYED] = HEADERS[REPLAYED].published(always=False)
        if IfNoneMatch in hints:
            told = _headers((*ALWAYS, *LIMITS, *_BESIDE[_UNCHANGED]))
            answers[_UNCHANGED] = {"description": "It is still as you hold it.", "headers": told}
        refused = refusals.pages if is_page(handler) else self._problems
        answers |= {str(status): answer for status, answer in refused(handler)}
        operation["responses"] = dict(sorted(answers.items()))
        operation.pop("deprecated", None)

    def _answer(self, handler: HTTPRouteHandler, operation: Schema, status: str) -> Schema:
        """An answer that the operation means to give, `304` and the like included."""
        plain = operation["responses"][status]
        beside = (handler.responses or {}).get(int(status))
        kind = beside.data_container if beside else answer_of(handler)
        tells = _BESIDE.get(status, ()) if beside else handler.opt.get("tells", ())
        limits = LIMITS if quotas_of(handler) else ()
        headers = _headers((*ALWAYS, *limits, *tells))
        answer = {"description": plain["description"], "headers": headers}
        if kind is bytes:
            answer["content"] = {str(handler.media_type): _BYTES}
        elif kind not in {None, str}:
            answer["content"] = self._json(kind)
        elif not beside and (events := events_of(handler)):
            answer["content"] = {"text/event-stream": self._stream(events)}
        elif status != _EMPTY and (text := plain.get("content")):
            answer["content"] = dict.fromkeys(text, _TEXT)
        if "content" in answer:  # a long one is compressed
            answer["headers"]["Vary"] = HEADERS["Vary"].published(always=False)
        return answer

    def _json(self, kind: Any, media: Iterable[str] = ("application/json",)) -> Schema:
        schema = self._shapes.of(kind)
        content = {"schema": schema, "example": self._examples.of(schema)}
        return dict.fromkeys(media, content)

    def _stream(self, events: Sequence[EventType[Any]]) -> Schema:
        schema = self._shapes.stream(events)
        return {"schema": schema, "example": self._examples.of_stream(events)}

    def _problems(self, handler: HTTPRouteHandler) -> Iterator[tuple[int, Schema]]:
        for status, problems in refusals.refusals(handler):
            name = refusals.component(str(handler.operation_id), status, problems)
            self._answers.setdefault(name, refusals.answer(status, problems))
            yield status, {"$ref": f"#/components/responses/{name}"}


def _meant(handler: HTTPRouteHandler, operation: Schema) -> Iterator[str]:
    """The answers that are no refusal, and those that are said beside the route."""
    for status in operation["responses"]:
        if status < "400" or int(status) in (handler.responses or {}):
            yield status


def _limit(quota: Quota) -> Schema:
    """As an installation of the usual size has it; `RateLimit-Policy` tells of this one."""
    window = quota.per // SECOND
    return {"name": quota.name, "quota": quota.times, "window": window, "by": quota.by}


def _asked(handler: HTTPRouteHandler) -> Iterator[Schema]:
    """The headers that its guards read."""
    for guard in handler.resolve_guards():
        for name in getattr(guard, "asks", ()):
            yield {"name": name, "in": "header", **ASKED[name].published(always=False)}


def _of_this_list(path: str, parameters: Sequence[Schema], one: Schema) -> Schema:
    """A cursor is of one list alone: the example, of that which the other examples name."""
    if one["name"] != "after":
        return one
    ids = {it["name"]: it["example"] for it in parameters if it["in"] == "path"}
    return {**one, "example": Cursors(path.format(**ids)).cursor(PLACE)}


def is_page(handler: HTTPRouteHandler) -> bool:
    """Whether it answers people, who get pages also when something is wrong."""
    return handler.media_type == "text/html"


def _headers(names: Iterable[str]) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _words(name: str) -> str:
    """`RequestRoadmap` → `Request roadmap`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()
