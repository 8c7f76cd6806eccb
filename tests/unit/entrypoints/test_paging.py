"""Pages by key: nothing is skipped, nothing comes twice, and only our own cursors are taken."""

import base64
import re
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from skillbridge.application.paging import Key, cut
from skillbridge.entrypoints.http.server.paging import CURSOR, BadCursor, shown, to_cursor, to_key

SINCE_1970 = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  the strategy adds the zone
KEYS = st.builds(Key, SINCE_1970, st.uuids())


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


@given(st.binary(min_size=24, max_size=24))
def test_whatever_has_the_form_that_is_published_is_a_key(raw: bytes) -> None:
    cursor = base64.urlsafe_b64encode(raw).decode()
    key = to_key(cursor)
    assert re.fullmatch(CURSOR, cursor)
    assert key is not None
    assert key.at.year <= 9999
    assert key.id.bytes == raw[8:]


@given(st.lists(KEYS, unique=True, max_size=30), st.integers(1, 100))
def test_pages_put_together_are_the_whole_list(keys: list[Key], limit: int) -> None:
    rows = sorted(keys, reverse=True)
    seen: list[Key] = []
    after: str | None = None
    for _ in range(len(rows) + 1):
        start = to_key(after)
        found = [row for row in rows if start is None or row < start]
        one = shown(cut(found, limit, lambda row: row))
        assert len(one.items) <= limit
        seen += one.items
        after = one.next
        if after is None:
            break
    assert seen == rows


def test_a_full_last_page_says_that_it_is_the_last() -> None:
    keys = [Key(datetime(2026, 11, 22, tzinfo=UTC), UUID(int=number)) for number in (2, 1)]
    assert cut(keys, 2, lambda key: key).next is None
