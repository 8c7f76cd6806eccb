"""Pages by key: each begins after a row, so that nothing is skipped or shown twice."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

T = TypeVar("T")
K = TypeVar("K")
Ordered = TypeVar("Ordered", bound=Any)
"""A key that has an order."""


class Key(NamedTuple):
    """Where rows are ordered by time, then id, both descending."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Page(Generic[T, K]):
    """Some rows, and the key of the last of them if there are more."""

    items: Sequence[T]
    next: K | None = None


@dataclass(frozen=True, slots=True)
class PageRequest(Generic[K]):
    """At most so many rows: the first ones, or those after the row of a key."""

    limit: int
    after: K | None = None


def cut(
    rows: Iterable[T],
    page: PageRequest[Ordered],
    key: Callable[[T], Ordered],
    *,
    ascending: bool = False,
) -> Page[T, Ordered]:
    """A page of all the rows, in the order of their keys; the greatest is first."""
    start, limit = page.after, page.limit
    ordered = sorted(rows, key=key, reverse=not ascending)
    if start is not None:
        ordered = [row for row in ordered if (start < key(row) if ascending else key(row) < start)]
    return Page(ordered[:limit], key(ordered[limit - 1]) if len(ordered) > limit else None)
