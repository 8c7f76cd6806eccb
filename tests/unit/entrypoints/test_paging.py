"""Pages by key: nothing is skipped, nothing comes twice, and only our own cursors are taken."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.application.paging import Key
from skillbridge.entrypoints.http.paging import BadCursor, page, to_cursor, to_key

KEYS = st.builds(Key, st.datetimes(timezones=st.just(UTC)), st.uuids())


@given(KEYS)
def test_a_cursor_comes_back_as_its_key(key: Key) -> None:
    assert to_key(to_cursor(key)) == key


@given(KEYS)
def test_a_cursor_goes_into_an_address_as_it_is(key: Key) -> None:
    assert set(to_cursor(key)) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    )


def test_the_first_page_has_no_cursor() -> None:
    assert to_key(None) is None


@given(
    st.text(max_size=120)
    | st.binary(max_size=90).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
)
def test_any_other_text_is_refused_or_is_a_key(text: str) -> None:
    try:
        key = to_key(text)
    except BadCursor:
        return
    assert key is not None
    assert key.at.tzinfo is UTC


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_outside_of_all_time_is_refused(at: str) -> None:
    raw = f"{at}|{UUID(int=0)}".encode()
    with pytest.raises(BadCursor):
        to_key(base64.urlsafe_b64encode(raw).decode())


@given(st.lists(KEYS, unique=True, max_size=30), st.integers(1, 100))
def test_pages_put_together_are_the_whole_list(keys: list[Key], limit: int) -> None:
    rows = sorted(keys, reverse=True)
    seen: list[Key] = []
    after: str | None = None
    for _ in range(len(rows) + 1):
        start = to_key(after)
        found = [row for row in rows if start is None or row < start][: limit + 1]
        one = page(found, limit, lambda row: row)
        assert len(one.items) <= limit
        seen += one.items
        after = one.next
        if after is None:
            break
    assert seen == rows


def test_a_full_last_page_says_that_it_is_the_last() -> None:
    keys = [Key(datetime(2026, 11, 22, tzinfo=UTC), UUID(int=number)) for number in (2, 1)]
    assert page(keys, 2, lambda key: key).next is None
