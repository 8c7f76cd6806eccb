"""The contract as data: each operation with a body that it takes, and every field of it."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from litestar import Litestar

Schema = dict[str, Any]
Place = tuple[str | int, ...]
"""Where in a body: names and numbers from the outside in."""

PATTERNS = {"uuid": str(UUID(int=7)), "email": "amina@example.org"}


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    name: str
    method: str
    template: str
    path: str
    """With random ids in the template's places."""
    body: Any
    """Of JSON; None also for one of bytes."""
    fields: tuple[tuple[Place, str], ...]
    """Each leaf of the body and its JSON type."""

    def __str__(self) -> str:
        return self.name

    def with_id(self, name: str, given: str) -> str:
        """The path with this in one of its places."""
        steps = zip(self.template.split("/"), self.path.split("/"), strict=True)
        return "/".join(given if place == f"{{{name}}}" else step for place, step in steps)

    def texts(self) -> list[Place]:
        return [place for place, kind in self.fields if kind == "string"]

    def numbers(self) -> list[Place]:
        return [place for place, kind in self.fields if kind in {"integer", "number"}]

    def with_value(self, place: Place, value: Any) -> Any:
        """The body with this one leaf replaced."""
        made = deepcopy(self.body)
        *way, last = place
        inner = made
        for step in way:
            inner = inner[step]
        inner[last] = value
        return made


def operations(app: Litestar) -> Iterator[Operation]:
    contract = app.state.contract.document
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {})
            schemas = (kind["schema"] for kind in body.values())
            schema = next((one for one in schemas if one.get("format") != "binary"), None)
            sample = _sample(contract, schema) if schema else None
            yield Operation(
                name=operation["operationId"],
                method=method.upper(),
                template=path,
                path=_filled(path),
                body=sample,
                fields=tuple(_leaves(sample)) if schema else (),
            )


def _filled(path: str) -> str:
    steps = (str(uuid4()) if step.startswith("{") else step for step in path.split("/"))
    return "/".join(steps)


def _sample(contract: Schema, schema: Schema) -> Any:
    """Something the schema allows, with every property there is."""
    while ref := schema.get("$ref"):
        schema = contract["components"]["schemas"][ref.rpartition("/")[2]]
    if known := schema.get("examples") or schema.get("enum"):
        return deepcopy(known[0])
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        return _sample(contract, next(one for one in choices if one.get("type") != "null"))
    return _by_type(contract, schema)


def _by_type(contract: Schema, schema: Schema) -> Any:
    kind = schema["type"]
    if kind == "object":
        properties = schema.get("properties", {})
        named = {name: _sample(contract, inner) for name, inner in properties.items()}
        return named or {"python": 3}
    if kind == "array":
        return [_sample(contract, schema["items"])]
    if kind == "string":
        return PATTERNS.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
    return {"boolean": True, "integer": int(schema.get("minimum", 1)), "number": 1.5}[kind]


def _leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*place, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*place, number))
    else:
        kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
        yield place, kinds[type(value)]
