"""Reading a list to its end, as a client does, and noticing when the end never comes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from typing import TypeVar

Row = TypeVar("Row")
Place = TypeVar("Place", bound=Hashable)


async def walked(
    page: Callable[[Place | None], Awaitable[Sequence[Row]]], place: Callable[[Row], Place]
) -> list[list[Row]]:
    """The pages, each asked for after the `place` of the last row of the one before."""
    pages: list[list[Row]] = []
    after: Place | None = None
    seen: set[Place] = set()
    while found := await page(after):
        must_be_new(seen, [place(row) for row in found])
        pages.append(list(found))
        after = place(found[-1])
    return pages


async def each_once(
    rows: AsyncIterator[Row], place: Callable[[Row], Hashable]
) -> AsyncIterator[Row]:
    """Rows that somebody else reads page by page."""
    seen: set[Hashable] = set()
    async for row in rows:
        must_be_new(seen, [place(row)])
        yield row


def must_be_new(seen: set[Place], places: Sequence[Place]) -> None:
    assert seen.isdisjoint(places), "a row comes again: the cursor does not advance"
    seen.update(places)
