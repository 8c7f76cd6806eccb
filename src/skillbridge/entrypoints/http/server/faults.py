"""Every part of a request that does not fit, found at once: where it stands, its code, words.

msgspec reads fast and stops at the first fault. What it refuses is held against the schema of the
same type; parameters are held against the published contract. Of a body that does not fit, the
properties that do are held against the rules of the domain too: who sent it need not come twice.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import islice
from typing import Annotated, Any, Protocol, runtime_checkable
from urllib.parse import quote

import msgspec
from jsonschema_rs import Draft202012Validator, ValidationError
from jsonschema_rs import ValidationErrorKind as Kind
from litestar import Request
from litestar.exceptions import ValidationException
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from skillbridge.domain.errors import Invalid, within

MOST = 50
"""Faults in one answer; nobody reads more."""
LOOKED_AT = 2_000
"""Values of a body that are held against its schema: a hostile one holds half a million."""
DEEPEST = 20
"""Levels of a body that are looked at."""

AnyRequest = Request[Any, Any, Any]
Place = tuple[str | int, ...]
"""Where in a body: names and numbers from the outside in."""


class Fault(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A part of the request that does not fit."""

    pointer: (
        Annotated[
            str,
            Meta(
                description="Where in the body: a JSON Pointer as a fragment (RFC 6901).",
                examples=["#/skills/3"],
            ),
        ]
        | UnsetType
    ) = UNSET
    parameter: (
        Annotated[
            str,
            Meta(description="Which parameter of query, path or header.", examples=["limit"]),
        ]
        | UnsetType
    ) = UNSET
    code: Annotated[
        str, Meta(description="Which rule it breaks, for programs.", examples=["too-long"])
    ]
    message: Annotated[str, Meta(description="What is wrong and what would be right, for people.")]


SHAPE: dict[str, Any] = msgspec.json.schema(Fault)["$defs"]["Fault"]
"""How the contract publishes a fault."""


class Misshapen(ValidationException):
    """A body that is JSON and not what the operation takes: `kind` is what it should be."""

    def __init__(self, refusal: str, kind: Any, raw: bytes) -> None:
        super().__init__(refusal)
        self.kind, self.raw = kind, raw


@runtime_checkable
class Ruled(Protocol):
    """A body for whose properties the domain has rules."""

    def meant(self) -> object:
        """What it says in the domain's words. Raises Invalid with every rule that it breaks."""


NO_BODY = Fault(pointer="#", code="missing", message="send a body in JSON")

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
_FORMS = {
    "integer": re.compile(r"0|-?[1-9][0-9]{0,18}"),
    "boolean": re.compile(r"true|false"),
}
"""Pythons and msgspec also take `1e2`, `+5`, `5_0`, ` 5`, `٣`, `on`; the contract does not."""
_ANY = re.compile(r"[\s\S]*+")
_CUT_SHORT = (Kind.Required, Kind.MinItems, Kind.MinProperties)
"""What a container that was not looked at to its end may seem to lack."""
_PATH = re.compile(r"\.([^.\[]++)|\[(\d++)\]")


def in_body(error: Misshapen, example: Mapping[str, Any] | None = None) -> list[Fault]:
    """The faults of a body that is JSON, which msgspec has refused.

    A body may hold half a million: the first `MOST` among the first `LOOKED_AT` values are told.
    The `example` stands in for what cannot be read, so that the rest is held against its rules.
    """
    cut: set[Place] = set()
    whole = msgspec.json.decode(error.raw)
    body = _pruned(whole, (), [LOOKED_AT], cut)
    found = list(islice(_told(_validator_of(error.kind).iter_errors(body), cut), MOST))
    found = found or [_first(error.detail)]
    if example is not None and isinstance(whole, dict):
        found += _of_rules(error.kind, whole, example, {str(it.pointer) for it in found})
    return found[:MOST]


class Parameters:
    """What the published contract says of query, path and headers, by `operationId`."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._spelled: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def must_be_spelled(self, request: AnyRequest) -> None:
        """Raises ValidationException for what is given twice or not written as what it is.

        Numbers, truths and choices: msgspec would read `null` as if they were left out.
        """
        for name, form in self._forms(_operation(request)):
            given = request.query_params.getall(name, ())
            if len(given) > 1 or not all(map(form.fullmatch, given)):
                raise ValidationException(f"{name} is not written as it should be")

    def faults(self, request: AnyRequest) -> list[Fault]:
        """What the request says beside its body and should not."""
        found: list[Fault] = []
        for name, parameter in self._of(_operation(request)).items():
            given = self._given(request, parameter)
            if _is_repeated(request, parameter):
                found.append(Fault(parameter=name, code="repeated", message="give this once"))
            elif given is not None:
                errors = self._validator(parameter["schema"]).iter_errors(given)
                found += [replace(it, pointer=UNSET, parameter=name) for it in _told(errors)]
            elif parameter.get("required"):
                found.append(Fault(parameter=name, code="missing", message="this is required"))
        return found[:MOST]

    def example(self, request: AnyRequest) -> dict[str, Any] | None:
        """A body that this operation takes; None for what is not in the contract."""
        if (operation := self._operations.get(_operation(request))) is None:
            return None
        example: dict[str, Any] = next(iter(operation["requestBody"]["content"].values()))[
            "example"
        ]
        return example

    def of_domain(self, request: AnyRequest, error: Invalid) -> list[Fault]:
        """What the domain found, named as the client named it."""
        names = self._of(_operation(request))
        return [_from_domain(fault, names) for fault in error.faults[:MOST] if fault.field]

    def _forms(self, operation_id: str) -> list[tuple[str, re.Pattern[str]]]:
        if operation_id not in self._spelled:
            named = self._of(operation_id).items()
            forms = ((name, self._form(it["schema"])) for name, it in named if it["in"] == "query")
            self._spelled[operation_id] = [(name, form or _ANY) for name, form in forms]
        return self._spelled[operation_id]

    def _form(self, schema: dict[str, Any]) -> re.Pattern[str] | None:
        """How a value is to be spelled that is no text; None for texts."""
        kinds = self._document["components"]["schemas"]
        shape = kinds[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        if "enum" in shape:
            return re.compile("|".join(map(re.escape, shape["enum"])))
        return _FORMS.get(shape["type"])

    def _given(self, request: AnyRequest, parameter: dict[str, Any]) -> Any:
        """What stands in the request, read as the number or truth that it spells; None without."""
        places: dict[str, Any] = {"query": request.query_params, "header": request.headers}
        raw = places.get(parameter["in"], request.scope["path_params"]).get(parameter["name"])
        form = _FORMS.get(parameter["schema"].get("type"))
        return msgspec.json.decode(raw) if form and raw and form.fullmatch(raw) else raw

    def _of(self, operation_id: str) -> dict[str, dict[str, Any]]:
        operation = self._operations.get(operation_id, {})
        return {one["name"]: one for one in operation.get("parameters", ())}

    def _validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        components = self._document["components"]
        return Draft202012Validator({**schema, "components": components}, validate_formats=True)

    @cached_property
    def _operations(self) -> dict[str, dict[str, Any]]:
        paths = self._document["paths"].values()
        return {one["operationId"]: one for methods in paths for one in methods.values()}


def slug_of(kind: type[BaseException]) -> str:
    """`UnknownModule` → `unknown-module`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def _operation(request: AnyRequest) -> str:
    """Empty for what leads nowhere and for pages that no contract knows."""
    return str(getattr(request.scope.get("route_handler"), "operation_id", ""))


@cache
def _validator_of(kind: Any) -> Draft202012Validator:
    return Draft202012Validator(msgspec.json.schema(kind), validate_formats=True)


def _pruned(value: Any, place: Place, left: list[int], cut: set[Place]) -> Any:
    """The value without what comes after `left[0]` values; `cut` gets the containers that lost."""
    left[0] -= 1
    parts: Iterable[tuple[Any, Any]]
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    else:
        return value
    kept = {}
    for name, inner in parts:
        if left[0] <= 0 or len(place) >= DEEPEST:
            cut.add(place)
            break
        kept[name] = _pruned(inner, (*place, name), left, cut)
    return kept if isinstance(value, dict) else list(kept.values())


def _told(errors: Iterable[ValidationError], cut: Collection[Place] = ()) -> Iterator[Fault]:
    """A fault for each rule that is broken, in the branch that was meant where there are several."""
    for error in errors:
        kind, place = error.kind, error.instance_path
        if isinstance(kind, Kind.AnyOf | Kind.OneOfNotValid):
            yield from _told(_meant(kind.context), cut)
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
    return Fault(pointer=_pointer(within(*place)), code=code, message=words.format(_said(kind)))


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


def _of_rules(
    kind: Any, body: Mapping[str, Any], example: Mapping[str, Any], told: Collection[str]
) -> Iterator[Fault]:
    """The rules that its well-formed properties break, where nothing is told of them yet."""
    good = {
        field.encode_name: body[field.encode_name]
        for field in msgspec.structs.fields(kind)
        if field.encode_name in body and _fits(body[field.encode_name], field.type)
    }
    read = msgspec.convert({**example, **good}, kind)
    try:
        if isinstance(read, Ruled):
            read.meant()
    except Invalid as error:
        found = (_from_domain(fault, ()) for fault in error.faults)
        yield from (one for one in found if one.pointer not in told)


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _first(refusal: str) -> Fault:
    """The words of msgspec, where it refuses what the schema does not: `… - at `$.skills[3]``."""
    message, _, path = refusal.partition(" - at `$")
    steps = [name or number for name, number in _PATH.findall(path)]
    return Fault(pointer=_pointer(within(*steps)), code="unfit", message=message)


def _from_domain(fault: Invalid, parameters: Collection[str]) -> Fault:
    code, message, field = slug_of(type(fault)), str(fault), fault.field or ""
    if field in parameters:
        return Fault(parameter=field, code=code, message=message)
    return Fault(pointer=_pointer(field), code=code, message=message)


def _pointer(way: str) -> str:
    return quote(f"#/{way}", safe="#/~!$&'()*+,;=:@?", errors="replace") if way else "#"


def _is_repeated(request: AnyRequest, parameter: dict[str, Any]) -> bool:
    given = request.query_params.getall(parameter["name"], ())
    return parameter["in"] == "query" and len(given) > 1
