"""`ETag`: to change only what one has seen, and to read only what is new (RFC 9110 section 13.1).

A tag names a representation: `"3"` is version 3 as it is, `"3-br"` the same compressed. Weak tags
count in `If-Match` too, though the RFC compares strongly there: proxies weaken tags when they
compress, and ours name the version, which is all that a change is about.
"""

import re
from hashlib import sha256
from typing import Annotated, Any, Protocol, TypeVar

from litestar import Response
from litestar.params import HeaderParameter

from skillbridge.domain.errors import Invalid
from skillbridge.entrypoints.http.server.answers import Json


class Versioned(Protocol):
    @property
    def version(self) -> int: ...


V = TypeVar("V", bound=Versioned)

IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match", description="The `ETag` of what you have seen, or several; optional."
    ),
]
IfNoneMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-None-Match", description="The `ETag` of what you hold: 304 while it is still so."
    ),
]
_ENTRY = re.compile(r'[ \t]*+(?:(?:W/)?+"([^"\x00-\x20\x7f]*+)"[ \t]*+)?+(?:,|\Z)')
_OURS = re.compile(r"([1-9][0-9]{0,8}|0)(?:-(?:br|zstd|gzip))?")


class BadIfMatch(Invalid):
    """`If-Match` is neither `*` nor a list of entity tags."""


def etag(version: int) -> str:
    return f'"{version}"'


def version_of(content: bytes) -> int:
    """The version of what has no other: made of what it says."""
    return int.from_bytes(sha256(content).digest()[:8]) % 10**9


def seen_versions(if_match: str | None) -> frozenset[int] | None:
    """The versions of which one must still be the newest; None when any will do.

    Raises BadIfMatch. A tag that was never ours is no version, and so never the newest.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    tags = _tags(if_match)
    if not tags:
        raise BadIfMatch('give back the ETag as it came, such as "3", or *', field="If-Match")
    return frozenset(int(ours[1]) for ours in map(_OURS.fullmatch, tags) if ours)


def tagged(view: V, if_none_match: str | None = None) -> Response[V]:
    """The view with its `ETag`, or a 304 with that of the representation the client holds."""
    made = Json(view, headers={"ETag": etag(view.version)})
    return unchanged(view.version, if_none_match) or made


def unchanged(version: int, if_none_match: str | None) -> Response[Any] | None:
    """The 304 for a client that holds a representation of this version; None for any other."""
    if (held := _held(if_none_match, version)) is None:
        return None
    return Json(None, status_code=304, headers={"ETag": f'"{held}"'})


def _held(if_none_match: str | None, version: int) -> str | None:
    """The tag among those of the client that names a representation of this version."""
    if if_none_match is None:
        return None
    if if_none_match.strip() == "*":
        return str(version)
    ours = map(_OURS.fullmatch, _tags(if_none_match))
    return next((tag[0] for tag in ours if tag and int(tag[1]) == version), None)


def holds(if_none_match: str | None, tag: str) -> bool:
    """Whether the client holds what has this tag, of content that is never coded otherwise."""
    return if_none_match is not None and (
        if_none_match.strip() == "*" or tag in _tags(if_none_match)
    )


def _tags(header: str) -> list[str]:
    """What stands between the quotes of each, weak or strong; none of a malformed list."""
    found, at = [], 0
    while at < len(header):
        entry = _ENTRY.match(header, at)
        if entry is None:
            return []
        found += [entry[1]] if entry[1] is not None else []
        at = entry.end()
    return found
