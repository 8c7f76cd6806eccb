"""`ETag`: to change only what one has seen, and to read only what is new (RFC 9110 section 13.1)."""

import re
from typing import Annotated, Any, TypeVar

from litestar import Response
from litestar.params import HeaderParameter

from skillbridge.domain.errors import Invalid

T = TypeVar("T")

IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="The `ETag` of what you have seen; optional."),
]
IfNoneMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-None-Match", description="The `ETag` of what you hold: 304 while it is still so."
    ),
]
_ETAG = re.compile(r'"(\d{1,9})"')


class BadIfMatch(Invalid):
    """`If-Match` holds something that was never an `ETag` of ours."""


def etag(version: int) -> str:
    return f'"{version}"'


def seen_version(if_match: str | None) -> int | None:
    """The version that must still be the newest; None when any will do. Raises BadIfMatch."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise BadIfMatch('give back the ETag as it came, such as "3"', field="If-Match")
    return int(found[1])


def tagged(view: T, version: int, if_none_match: str | None = None) -> Response[T]:
    """The view with its `ETag`, or a 304 without it for a client that holds it already."""
    headers = {"ETag": etag(version)}
    held = (if_none_match or "").split(",")
    if any(tag.strip().removeprefix("W/") == headers["ETag"] for tag in held):
        same: Response[Any] = Response(None, status_code=304, headers=headers)
        return same
    return Response(view, headers=headers)
