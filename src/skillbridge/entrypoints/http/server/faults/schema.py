"""What a JSON Schema refuses, in words of people."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from jsonschema_rs import ValidationError
from jsonschema_rs import ValidationErrorKind as Kind

from skillbridge.domain.errors import within
from skillbridge.entrypoints.http.server.faults.fault import MOST, Fault, pointer

Place = tuple[str | int, ...]
"""Where in a body: names and numbers from the outside in."""

_WORDS = {
    "required": ("missing", "this is required"),
    "additionalProperties": ("unknown-property", "there is no such property here: leave it out"),
    "type": ("wrong-type", "this is to be {}"),
    "enum": ("unknown-value", "this is to be one of: {}"),
    "const": ("unknown-value", "this is to be {}"),
    "format": ("wrong-format", "this is to be written as {}"),
    "pattern": ("wrong-format", "this is to match {}"),
    "minLength": ("too-short", "at least {} characters"),
    "maxLength": ("too-long", "at most {} characters"),
    "minimum": ("too-small", "at least {}"),
    "exclusiveMinimum": ("too-small", "more than {}"),
    "maximum": ("too-large", "at most {}"),
    "exclusiveMaximum": ("too-large", "less than {}"),
    "multipleOf": ("no-multiple", "a multiple of {}"),
    "minItems": ("too-few", "at least {} entries"),
    "maxItems": ("too-many-entries", "at most {} entries"),
    "minProperties": ("too-few", "at least {} entries"),
    "maxProperties": ("too-many-entries", "at most {} entries"),
    "uniqueItems": ("repeated", "each entry once"),
}
_KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
    "uuid": "a UUID, such as 00000000-0000-4000-8000-000000000000",
    "email": "an e-mail address, such as name@example.org",
    "date-time": "a time with its zone, such as 2026-01-31T12:00:00Z",
}
_CUT_SHORT = (Kind.Required, Kind.MinItems, Kind.MinProperties)
"""What a container that was not looked at to its end may seem to lack."""


def in_words(errors: Iterable[ValidationError], cut: Collection[Place] = ()) -> Iterator[Fault]:
    """A fault for each rule that is broken, in the branch that was meant where there are several."""
    for error in errors:
        kind, place = error.kind, error.instance_path
        if isinstance(kind, Kind.AnyOf | Kind.OneOfNotValid):
            yield from in_words(_meant(kind.context), cut)
        elif isinstance(kind, Kind.AdditionalProperties):
            for name in kind.unexpected[:MOST]:
                yield _fault([*place, name], kind)
        elif not (isinstance(kind, _CUT_SHORT) and tuple(place) in cut):
            missing = [str(kind.property)] if isinstance(kind, Kind.Required) else []
            yield _fault([*place, *missing], kind)


def _meant(branches: Sequence[Sequence[ValidationError]]) -> Sequence[ValidationError]:
    """The branch of the right type; the first where none is."""
    fitting = (it for it in branches if not any(isinstance(one.kind, Kind.Type) for one in it))
    return next(fitting, branches[0])


def _fault(place: Iterable[str | int], kind: Kind) -> Fault:
    code, words = _WORDS.get(kind.name, ("unfit", "this does not fit: see {} in the contract"))
    return Fault(pointer=pointer(within(*place)), code=code, message=words.format(_said(kind)))


def _said(kind: Kind) -> str:
    """The schema's own bound, type or choices in words."""
    if kind.name not in _WORDS:
        return kind.name
    values = kind.value if isinstance(kind.value, list) else [kind.value]
    joint = ", " if kind.name == "enum" else " or "
    return joint.join(_KINDS.get(str(value), _written(value)) for value in values)


def _written(value: Any) -> str:
    """A bound of a whole number is a whole number, though the validator hands it over as a float."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
