"""Pages by key: each begins after a row, so that nothing is skipped or shown twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

T = TypeVar("T")
K = TypeVar("K")


class Key(NamedTuple):
    """Where rows are ordered by time, then id, both descending."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Page(Generic[T, K]):
    """Some rows, and the key of the last of them if there are more."""

    items: Sequence[T]
    next: K | None = None


def cut(rows: Sequence[T], limit: int, key: Callable[[T], K]) -> Page[T, K]:
    """A page of all the rows that are left."""
    return Page(rows[:limit], key(rows[limit - 1]) if len(rows) > limit else None)
