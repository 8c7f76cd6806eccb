"""A list whose cursor stands still would be read for ever: whoever walks it notices."""

from collections.abc import AsyncIterator

import pytest
from tests.support.http.walking import each_once, walked

ROWS = [5, 4, 3, 2, 1]


async def good(after: int | None) -> list[int]:
    return [row for row in ROWS if after is None or row < after][:2]


async def stands_still(_after: int | None) -> list[int]:
    return ROWS[:2]


async def turns_back(after: int | None) -> list[int]:
    return [row for row in ROWS if after is None or row <= after][:2]


async def endless() -> AsyncIterator[int]:
    while True:
        yield 5


async def test_pages_end_where_the_list_does() -> None:
    assert await walked(good, lambda row: row) == [[5, 4], [3, 2], [1]]


@pytest.mark.parametrize("page", [stands_still, turns_back])
async def test_a_cursor_that_does_not_advance_is_noticed(page: object) -> None:
    with pytest.raises(AssertionError, match="does not advance"):
        await walked(page, lambda row: row)  # type: ignore[arg-type]  # one of the two above


async def test_so_it_is_where_somebody_else_turns_the_pages() -> None:
    with pytest.raises(AssertionError, match="does not advance"):
        [row async for row in each_once(endless(), lambda row: row)]
