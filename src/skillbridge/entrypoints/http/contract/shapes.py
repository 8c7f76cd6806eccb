"""The shapes of bodies and answers, as what reads and writes them knows them.

Litestar's own schemas leave out what holds for the items of a list and the values of a mapping,
and that unknown properties are refused; msgspec's are the rules that are kept.
"""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from inspect import cleandoc
from typing import Any, get_args, get_origin

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from skillbridge.entrypoints.http.contract.dates import name_times
from skillbridge.entrypoints.http.server.event_types import EventType

Schema = dict[str, Any]

REF = "#/components/schemas/"
NO_NUL = r"^[^\x00]*$"
_PAGE = re.compile(r"Page_(\w+?)(?:View|Summary|Card)?_")


class Shapes:
    """Every type that the operations read or write, by its name."""

    def __init__(self, handlers: Iterable[HTTPRouteHandler]) -> None:
        handlers = list(handlers)
        bodies = {kind for one in handlers if (kind := body_of(one)) is not None}
        answers = {kind for one in handlers for kind in (*_answers(one), *_choices(one))}
        events = {one for handler in handlers for one in events_of(handler)}
        self.components: dict[str, Schema] = {}
        self._made = self._add(sorted(bodies, key=repr), tidy=_taken)
        self._made |= self._add(sorted(answers | {e.data for e in events}, key=repr), tidy=_given)
        for event in events:
            self.components[event.title] = event.published(self.of(event.data))

    def of(self, kind: Any) -> Schema:
        return self._made[repr(kind)]

    def stream(self, events: Iterable[EventType[Any]]) -> Schema:
        """A text of events, one after the other, as `text/event-stream` writes them."""
        kinds = [{"$ref": REF + event.title} for event in events]
        items = kinds[0] if len(kinds) == 1 else {"oneOf": kinds}
        content = {"contentMediaType": "text/event-stream", "contentSchema": {"items": items}}
        return {"type": "string", **content}

    def _add(self, kinds: list[Any], *, tidy: Any) -> dict[str, Schema]:
        made, components = msgspec.json.schema_components(kinds, ref_template=REF + "{name}")
        name_times(kinds, components)
        for name, shape in components.items():
            self.components.setdefault(_renamed(name), tidy(_told(shape)))
        return {repr(kind): _told(shape) for kind, shape in zip(kinds, made, strict=True)}


def body_of(handler: HTTPRouteHandler) -> Any:
    """The type of the body; None where there is none."""
    data = handler.parsed_fn_signature.parameters.get("data")
    return data.annotation if data else None


def answer_of(handler: HTTPRouteHandler) -> Any:
    """The type of the good answer; None where it has no body, or is no JSON."""
    kind = handler.parsed_fn_signature.return_type.annotation
    if get_origin(kind) is Response:
        (kind,) = get_args(kind)
    return None if kind in {str, type(None)} else kind


def events_of(handler: HTTPRouteHandler) -> tuple[EventType[Any], ...]:
    return tuple(handler.opt.get("events", ()))


def inner(shape: Any) -> Iterator[Schema]:
    """Every schema within a schema, itself included."""
    if isinstance(shape, dict):
        yield shape
        for part in shape.values():
            yield from inner(part)
    elif isinstance(shape, list):
        for part in shape:
            yield from inner(part)


def _answers(handler: HTTPRouteHandler) -> Iterator[Any]:
    specs = (handler.responses or {}).values()
    for kind in (answer_of(handler), *(spec.data_container for spec in specs)):
        if kind is not None:
            yield kind


def _choices(handler: HTTPRouteHandler) -> Iterator[type[Enum]]:
    """The enumerations of the parameters."""
    for parameter in handler.parsed_fn_signature.parameters.values():
        for kind in (parameter.annotation, *get_args(parameter.annotation)):
            if isinstance(kind, type) and issubclass(kind, Enum):
                yield kind


def _told(shape: Schema) -> Schema:
    """Its names as a client would choose them, its words without our indentation.

    `extra` is what a rule says that is kept further inside: published, and not held against a body
    here.
    """
    for part in inner(shape):
        if "$ref" in part:
            part["$ref"] = REF + _renamed(part["$ref"].removeprefix(REF))
        if isinstance(part.get("description"), str):
            part["description"] = cleandoc(part["description"])
        if isinstance(part.get("title"), str):
            part["title"] = _renamed(part["title"].replace("[", "_").replace("]", "_"))
        if isinstance(part.get("extra"), dict):
            part.update({_camel(name): value for name, value in part.pop("extra").items()})
        if "enum" in part:
            part["type"] = "string"
    return shape


def _camel(name: str) -> str:
    """`max_length` → `maxLength`."""
    return re.sub("_([a-z])", lambda found: found[1].upper(), name)


def _renamed(name: str) -> str:
    """`Page_RoadmapSummary_` → `RoadmapPage`."""
    return _PAGE.sub(r"\1Page", name)


def _taken(shape: Schema) -> Schema:
    """No text of a body may hold a NUL; where there is a pattern already, it says so itself."""
    for part in inner(shape):
        if part.get("type") == "string" and not part.keys() & {"pattern", "format", "enum"}:
            part["pattern"] = NO_NUL
    return shape


def _given(shape: Schema) -> Schema:
    """An answer has all its properties, also those that a constructor would fill in.

    Without a default it would leave them out: those are not there unless they were asked for.
    """
    if "properties" in shape:
        required = shape.get("required", ())
        shape["required"] = [
            name
            for name, part in shape["properties"].items()
            if name in required or "default" in part
        ]
        for part in shape["properties"].values():
            part.pop("default", None)
    return shape
