"""Pages by key: a cursor says after which row of which list the next page begins."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from litestar.params import QueryParameter

from skillbridge.application import paging
from skillbridge.application.paging import Key, PageRequest
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import UserId

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LATEST = (datetime(9999, 12, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
PLACE, CHECKSUM = 24, 6
"""Bytes of a cursor: where, and of which list."""

Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=100, description="Rows a page.")]
_CURSOR = re.compile(r"^[A-Za-z0-9_-]{40}$")
CURSOR = _CURSOR.pattern
After = Annotated[
    str | None,
    QueryParameter(
        name="after",
        description="The `next` of the page before this one.",
        schema_extra={"pattern": CURSOR},
    ),
]


class BadCursor(Invalid):
    """The cursor is none that a page of this list has told."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows; `next` is absent on the last page."""

    items: Sequence[T]
    next: str | None


@dataclass(frozen=True, slots=True)
class Cursors:
    """Those of one list: no other takes them, nor what nobody was given.

    A cursor is the moment in microseconds and the row, and a checksum over them and the path of the
    list. Where rows are ordered by their ids alone, the moment is zero.
    """

    path: str
    """Of the list."""

    def page(self, page: paging.Page[T, Key] | paging.Page[T, UserId]) -> Page[T]:
        return Page(page.items, None if page.next is None else self.cursor(page.next))

    def asked(self, after: str | None, limit: int) -> PageRequest[Key]:
        """Raises BadCursor."""
        return PageRequest(limit, self.key(after))

    def cursor(self, key: Key | UserId) -> str:
        at, row_id = ((key.at - EPOCH) // MICROSECOND, key.id) if isinstance(key, Key) else (0, key)
        place = at.to_bytes(8) + row_id.bytes
        return base64.urlsafe_b64encode(place + self._checksum(place)).decode()

    def key(self, cursor: str | None) -> Key | None:
        """Raises BadCursor. What no clock of ours ever showed is as far as clocks go."""
        if cursor is None:
            return None
        raw = base64.urlsafe_b64decode(cursor) if _CURSOR.fullmatch(cursor) else b""
        place, checksum = raw[:PLACE], raw[PLACE:]
        if checksum != self._checksum(place):
            raise BadCursor(
                "take `after` from `next` of a page of this list, or leave it out", field="after"
            )
        micros = min(int.from_bytes(place[:8]), LATEST)
        return Key(EPOCH + micros * MICROSECOND, UUID(bytes=place[8:]))

    def _checksum(self, place: bytes) -> bytes:
        return blake2b(self.path.encode() + place, digest_size=CHECKSUM).digest()
