"""A part of a request that does not fit, as it is told."""

import re
from collections.abc import Collection
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from msgspec import UNSET, Meta, UnsetType

from skillbridge.domain.errors import Invalid

MOST = 50
"""Faults in one answer; nobody reads more."""


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


NO_BODY = Fault(pointer="#", code="missing", message="send a body in JSON")


def slug_of(kind: type[BaseException]) -> str:
    """`UnknownModule` → `unknown-module`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def from_domain(fault: Invalid, parameters: Collection[str]) -> Fault:
    code, message, field = slug_of(type(fault)), str(fault), fault.field or ""
    if field in parameters:
        return Fault(parameter=field, code=code, message=message)
    return Fault(pointer=pointer(field), code=code, message=message)


def pointer(way: str) -> str:
    return quote(f"#/{way}", safe="#/~!$&'()*+,;=:@?", errors="replace") if way else "#"
