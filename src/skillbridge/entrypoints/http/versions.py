"""`ETag` and `If-Match`: to change only what one has seen (RFC 9110 section 13.1.1)."""

import re
from typing import Annotated

from litestar.params import HeaderParameter

from skillbridge.domain.errors import Invalid

IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="The `ETag` of what you have seen; optional."),
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
