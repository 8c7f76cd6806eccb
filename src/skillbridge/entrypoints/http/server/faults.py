"""Every part of a request that does not fit, found at once: where it stands, its code, words.

msgspec reads fast and stops at the first fault. What it refuses is held against the schema of the
same type; parameters are held against the published contract. What can be read of it is held against the rules
of the domain too, and where both have a word, theirs is told: who sent it need not come twice.
"""

import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from types import MappingProxyType
from typing import Annotated, Any, Protocol, get_type_hints, runtime_checkable
from urllib.parse import quote, unquote

import msgspec
from jsonschema_rs import Draft202012Validator, ValidationError
from jsonschema_rs import ValidationErrorKind as Kind
from litestar import Request
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from skillbridge.domain.errors import Faults, Invalid, within
from skillbridge.domain.resources.catalogue import Catalogue

EMPTY: Mapping[str, Any] = MappingProxyType({})
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


class Refused(HTTPException):
    """Refused as the general problem of this name."""

    def __init__(self, slug: str, status: int, **headers: str) -> None:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(status_code=status, headers=told)
        self.slug = slug


class Unreadable(Refused):
    """A body that is no JSON; `why` is told to who sent it."""

    def __init__(self, why: str) -> None:
        super().__init__("malformed-request", 400)
        self.why = why


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


@runtime_checkable
class Choosing(Protocol):
    """A body that names parts of the catalogue."""

    def must_choose_from(self, catalogue: Catalogue) -> object:
        """Raises Invalid for what is not there."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Beside the type of a parameter of a query: what the domain says of its value.

    `check` raises Invalid.
    """

    check: Callable[[str, Catalogue], object]


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
_BOUNDS = frozenset({"too-long", "too-short", "too-large", "too-small"})
"""What a shape says of a value that a rule can still look at."""
_IN_ENTRY = 3
"""Steps to a part of an entry; of an entry itself there are two."""
LONGEST_RULED = 1_000
"""Characters of a text that is too long and still held against its rule."""
LARGEST_RULED = 1_000_000
"""No rule counts with larger numbers: of milliseconds Python makes no time."""
_LARGEST = sys.float_info.max
"""What is larger is told as too large, as any number is: msgspec would read no further."""
_LENIENT = msgspec.json.Decoder(float_hook=lambda text: max(-_LARGEST, min(float(text), _LARGEST)))
_PATH = re.compile(r"\.([^.\[]++)|\[(\d++)\]")


def in_body(
    error: Misshapen, example: Mapping[str, Any] | None = None, catalogue: Catalogue | None = None
) -> list[Fault]:
    """The faults of a body that is JSON, which msgspec has refused.

    A body may hold half a million: the first `MOST` among the first `LOOKED_AT` values are told.
    The `example` stands in for what cannot be read, so that the rest is held against its rules.
    """
    cut: set[Place] = set()
    whole = _LENIENT.decode(error.raw)
    body = _pruned(whole, (), [LOOKED_AT], cut)
    found = list(islice(_told(_validator_of(error.kind).iter_errors(body), cut), MOST))
    found = found or [_first(error.detail)]
    if example is not None and isinstance(whole, dict):
        rules = list(_of_rules(_readable(error.kind, whole, example, found), catalogue))
        better = {it.pointer for it in rules}
        told = {it.pointer for it in found if it.code not in _BOUNDS}
        found = [it for it in found if it.pointer in told or not {it.pointer, _whole(it)} & better]
        found += [it for it in rules if it.pointer not in told]
    return found[:MOST]


class Parameters:
    """What the published contract says of query, path and headers, by `operationId`."""

    def __init__(
        self, document: dict[str, Any], handlers: Mapping[str, HTTPRouteHandler] = EMPTY
    ) -> None:
        self._document = document
        self._spelled: dict[str, dict[str, re.Pattern[str]]] = {}
        self._rules = {name: dict(_rules(handler)) for name, handler in handlers.items()}

    def must_fit(self, request: AnyRequest) -> None:
        """Raises ValidationException for what the contract has not, Invalid for a broken rule.

        A query has the parameters of its operation and no others, each once. Numbers, truths and
        choices are written as what they are: msgspec would read `null` as if they were left out.
        """
        if (forms := self._forms(request)) is None:
            return
        for name in request.query_params:
            given = request.query_params.getall(name)
            if name not in forms or len(given) > 1 or not forms[name].fullmatch(given[0]):
                raise ValidationException(f"{name} is not written as it should be")
        try:
            self._keep_rules(request)
        except Invalid as error:
            if self._of_contract(request):
                raise ValidationException("the query fits neither contract nor rules") from error
            raise

    def faults(self, request: AnyRequest) -> list[Fault]:
        """What the request says beside its body and should not."""
        found = self._of_contract(request)
        try:
            self._keep_rules(request)
        except Invalid as error:
            twice = {fault.parameter for fault in found if fault.code == "repeated"}
            found += [it for it in self.of_domain(request, error) if it.parameter not in twice]
        return found[:MOST]

    def _keep_rules(self, request: AnyRequest) -> None:
        """Raises Invalid with every rule that a value of the query breaks."""
        faults = Faults()
        for name, rule in self._rules.get(_operation(request), {}).items():
            if (given := request.query_params.get(name)) is not None:
                with faults.noted(name):
                    rule.check(given, request.app.state.catalogue)
        faults.refuse()

    def _of_contract(self, request: AnyRequest) -> list[Fault]:
        """Of a value for which there is a rule, that decides."""
        known, rules = self._forms(request), self._rules.get(_operation(request), {})
        found = [
            Fault(parameter=name, code="unknown-parameter", message=_among(known))
            for name in request.query_params
            if known is not None and name not in known
        ]
        for name, parameter in self._of(_operation(request)).items():
            given = self._given(request, parameter)
            if _is_repeated(request, parameter):
                found.append(Fault(parameter=name, code="repeated", message="give this once"))
            elif given is None:
                if parameter.get("required"):
                    found.append(Fault(parameter=name, code="missing", message="this is required"))
            elif name not in rules:
                errors = self._validator(parameter["schema"]).iter_errors(given)
                found += [replace(it, pointer=UNSET, parameter=name) for it in _told(errors)]
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

    def _forms(self, request: AnyRequest) -> Mapping[str, re.Pattern[str]] | None:
        """How each parameter of the query is spelled.

        None for what no contract knows, and for pages: on their way to people, links gather more.
        """
        operation_id = _operation(request)
        if operation_id not in self._operations or _is_page(request):
            return None
        if operation_id not in self._spelled:
            named = self._of(operation_id).items()
            forms = ((name, self._form(it["schema"])) for name, it in named if it["in"] == "query")
            self._spelled[operation_id] = {name: form or _ANY for name, form in forms}
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


@dataclass(frozen=True, slots=True)
class _Readable:
    """A body of which what cannot be read was left out."""

    body: Any
    kept: Mapping[str, Sequence[int]]
    """Of each list that lost entries: where those that are left were."""

    def place(self, field: str) -> str:
        """Where what the domain found stands in the body as it came."""
        name, *rest = field.split("/")
        if name in self.kept and rest and rest[0].isdecimal():
            rest[0] = str(self.kept[name][int(rest[0])])
        return "/".join([name, *rest])


def _readable(
    kind: Any, body: Mapping[str, Any], example: Mapping[str, Any], found: Sequence[Fault]
) -> _Readable:
    """Without the entries of lists and mappings that do not fit, and the properties then left.

    What is only too long or too short, too large or too small is kept: the rule says it better.
    """
    places = [(_steps(fault), fault.code in _BOUNDS) for fault in found]
    bad = {steps[:2] for steps, bounds in places if not bounds or len(steps) >= _IN_ENTRY}
    out = {steps[0] for steps, bounds in places if bounds and len(steps) < _IN_ENTRY}
    good: dict[str, Any] = {}
    raw: dict[str, Any] = {}
    kept: dict[str, list[int]] = {}
    for field in msgspec.structs.fields(kind):
        name = field.encode_name
        if name not in body:
            continue
        value = body[name]
        if isinstance(value, list):
            kept[name] = [place for place in range(len(value)) if (name, str(place)) not in bad]
            value = [value[place] for place in kept[name]]
        elif isinstance(value, dict):
            value = {key: it for key, it in value.items() if (name, key) not in bad}
        if _fits(value, field.type):
            good[name] = value
        elif name in out and (name,) not in bad and _is_plain(value):
            raw[field.name] = value
    read = msgspec.convert({**example, **good}, kind)
    alike = {name: it for name, it in raw.items() if type(it) is type(getattr(read, name))}
    return _Readable(replace(read, **alike), kept)


def _steps(fault: Fault) -> tuple[str, ...]:
    """Where in the body, undone of what a pointer escapes."""
    steps = unquote(str(fault.pointer)).split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps) or ("",)


def _whole(fault: Fault) -> str:
    """The pointer of the property in which it is."""
    return "/".join(str(fault.pointer).split("/")[:2])


def _is_plain(value: Any) -> bool:
    """Whether a rule may look at it, though it is out of bounds."""
    if isinstance(value, list | dict):
        inner = value.values() if isinstance(value, dict) else value
        return len(value) <= MOST and all(map(_is_plain, inner))
    if isinstance(value, str):
        return len(value) <= LONGEST_RULED
    return value is None or abs(value) <= LARGEST_RULED


def _of_rules(read: _Readable, catalogue: Catalogue | None) -> Iterator[Fault]:
    """The rules that what could be read breaks."""
    faults = Faults()
    if isinstance(read.body, Ruled):
        with faults.noted():
            read.body.meant()
    if isinstance(read.body, Choosing) and catalogue:
        with faults.noted():
            read.body.must_choose_from(catalogue)
    try:
        faults.refuse()
    except Invalid as error:
        for fault in error.faults:
            fault.field = read.place(fault.field or "")
            yield _from_domain(fault, ())


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


def _is_page(request: AnyRequest) -> bool:
    return getattr(request.scope.get("route_handler"), "media_type", "") == "text/html"


def _rules(handler: HTTPRouteHandler) -> Iterator[tuple[str, Rule]]:
    """The rules beside the types of its parameters, by the names that clients know."""
    for name, hint in get_type_hints(handler.fn, include_extras=True).items():
        told = getattr(hint, "__metadata__", ())
        for rule in (one for one in told if isinstance(one, Rule)):
            named = (one.name for one in told if isinstance(one, QueryParameter) and one.name)
            yield next(named, name), rule


def _among(known: Iterable[str]) -> str:
    names = ", ".join(known)
    here = f"those here are {names}" if names else "this address takes none"
    return f"there is no such parameter: {here}"


def _is_repeated(request: AnyRequest, parameter: dict[str, Any]) -> bool:
    given = request.query_params.getall(parameter["name"], ())
    return parameter["in"] == "query" and len(given) > 1
