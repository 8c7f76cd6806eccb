"""Pages by key: a cursor says after which row the next page begins, so nothing is skipped."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from litestar.params import QueryParameter

from skillbridge.application.paging import Key
from skillbridge.domain.errors import Invalid

T = TypeVar("T")

Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=100, description="Rows a page.")]
After = Annotated[
    str | None, QueryParameter(name="after", description="The `next` of the page before this one.")
]


class BadCursor(Invalid):
    """The cursor is not one of ours."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows; `next` is absent on the last page."""

    items: Sequence[T]
    next: str | None


def page(rows: Sequence[T], limit: int, key: Callable[[T], Key]) -> Page[T]:
    """Cuts `limit + 1` rows to a page: the one too many says that there is more."""
    more = len(rows) > limit
    items = rows[:limit]
    return Page(items, to_cursor(key(items[-1])) if more else None)


def to_cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(f"{key.at.isoformat()}|{key.id}".encode()).decode().rstrip("=")


def to_key(cursor: str | None) -> Key | None:
    """Raises BadCursor for what `to_cursor` did not make."""
    if cursor is None:
        return None
    try:
        at, _, row = (
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        )
        return Key(datetime.fromisoformat(at).astimezone(UTC), UUID(row))
    except (ValueError, OverflowError, binascii.Error) as error:
        raise BadCursor(
            "take `after` from `next` of a page, or leave it out", field="after"
        ) from error
