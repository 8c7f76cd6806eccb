"""Pages by key: a cursor says after which row the next page begins, so nothing is skipped."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from litestar.params import QueryParameter

from skillbridge.application import paging
from skillbridge.application.paging import Key
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import UserId

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LATEST = (datetime(9999, 12, 1, tzinfo=UTC) - EPOCH) // MICROSECOND

Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=100, description="Rows a page.")]
_CURSOR = re.compile(r"^[A-Za-z0-9_-]{32}$")
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
    """The cursor is not one of ours."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows; `next` is absent on the last page."""

    items: Sequence[T]
    next: str | None


def shown(page: paging.Page[T, Key] | paging.Page[T, UserId]) -> Page[T]:
    return Page(page.items, None if page.next is None else to_cursor(page.next))


def to_cursor(key: Key | UserId) -> str:
    """The moment in microseconds and the row, 24 bytes: so every cursor of this form is one.

    Where rows are ordered by their ids alone, the moment is zero.
    """
    micros, row_id = ((key.at - EPOCH) // MICROSECOND, key.id) if isinstance(key, Key) else (0, key)
    return base64.urlsafe_b64encode(micros.to_bytes(8) + row_id.bytes).decode()


def to_key(cursor: str | None) -> Key | None:
    """Raises BadCursor. What no clock of ours ever showed is as far as clocks go."""
    if cursor is None:
        return None
    if not _CURSOR.fullmatch(cursor):
        raise BadCursor("take `after` from `next` of a page, or leave it out", field="after")
    raw = base64.urlsafe_b64decode(cursor)
    micros = min(int.from_bytes(raw[:8]), LATEST)
    return Key(EPOCH + micros * MICROSECOND, UUID(bytes=raw[8:]))
