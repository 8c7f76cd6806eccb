"""The faults of what stands beside a body: query, path and headers, by the published contract."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, get_type_hints

import msgspec
from jsonschema_rs import Draft202012Validator
from litestar import Request
from litestar.exceptions import ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from msgspec import UNSET
from msgspec.structs import replace

from skillbridge.domain.errors import Faults, Invalid
from skillbridge.domain.resources.catalogue import Catalogue
from skillbridge.entrypoints.http.server.faults.fault import MOST, Fault, from_domain
from skillbridge.entrypoints.http.server.faults.schema import in_words

EMPTY: Mapping[str, Any] = MappingProxyType({})
AnyRequest = Request[Any, Any, Any]

_FORMS = {
    "integer": re.compile(r"0|-?[1-9][0-9]{0,18}"),
    "boolean": re.compile(r"true|false"),
}
"""Pythons and msgspec also take `1e2`, `+5`, `5_0`, ` 5`, `٣`, `on`; the contract does not."""
_ANY = re.compile(r"[\s\S]*+")


@dataclass(frozen=True, slots=True)
class Rule:
    """Beside the type of a parameter of a query: what the domain says of its value.

    `check` raises Invalid.
    """

    check: Callable[[str, Catalogue], object]


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
        query = request.query_params
        for name in query:
            given = query.getall(name)
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
        if not (rules := self._rules.get(_operation(request))):
            return
        faults = Faults()
        for name, rule in rules.items():
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
                found += [replace(it, pointer=UNSET, parameter=name) for it in in_words(errors)]
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
        return [from_domain(fault, names) for fault in error.faults[:MOST] if fault.field]

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


def _operation(request: AnyRequest) -> str:
    """Empty for what leads nowhere and for pages that no contract knows."""
    return str(getattr(request.scope.get("route_handler"), "operation_id", ""))


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
