"""Times in the contract: msgspec calls one a text and no more, unless a zone is demanded of it.

Ours are always in UTC, so each is a `date-time`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import inspect

Schema = dict[str, Any]


def name_times(kinds: Iterable[Any], components: Schema) -> None:
    """Says of each time within `components`, the shapes of `kinds`, that it is one."""
    titled = {shape.get("title"): shape for shape in components.values()}
    for kind in _classes(inspect.multi_type_info(kinds)):
        shape = titled.get(getattr(kind.cls, "__name__", None), {})
        for field in kind.fields:
            for part in _times(field.type, shape.get("properties", {}).get(field.encode_name, {})):
                part["format"] = "date-time"


def _classes(kinds: Iterable[Any]) -> Iterator[Any]:
    """Every class with fields that these are made of, once."""
    seen, waiting = set(), list(kinds)
    while waiting:
        kind = waiting.pop()
        waiting += _parts(kind)
        if hasattr(kind, "fields") and kind.cls not in seen:
            seen.add(kind.cls)
            waiting += [field.type for field in kind.fields]
            yield kind


def _parts(kind: Any) -> list[Any]:
    found = [getattr(kind, name, None) for name in ("type", "item_type", "value_type")]
    several = (*getattr(kind, "types", ()), *getattr(kind, "item_types", ()))
    return [part for part in (*found, *several) if isinstance(part, inspect.Type)]


def _times(kind: Any, shape: Schema) -> Iterator[Schema]:
    """The schemas of times within the schema of a field; a class within it has its own."""
    if isinstance(kind, inspect.DateTimeType):
        yield from (one for one in shape.get("anyOf", [shape]) if one.get("type") == "string")
    elif isinstance(kind, inspect.UnionType):
        yield from (part for one in kind.types for part in _times(one, shape))
    else:
        inner = shape.get("items") or shape.get("additionalProperties") or {}
        yield from (part for one in _parts(kind) for part in _times(one, inner))
