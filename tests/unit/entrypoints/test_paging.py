"""Pages by key: nothing is skipped, nothing comes twice, and only our own cursors are taken."""

import base64
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.application.paging import Key, PageRequest, cut
from skillbridge.entrypoints.http.server.paging import CHECKSUM, CURSOR, BadCursor, Cursors

SINCE_1970 = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  the strategy adds the zone
LIST, OTHER = Cursors("list"), Cursors("other list")
KEYS = st.builds(Key, SINCE_1970, st.uuids())


@given(KEYS)
def test_a_cursor_comes_back_as_its_key(key: Key) -> None:
    assert LIST.key(LIST.cursor(key)) == key


@given(KEYS)
def test_a_cursor_goes_into_an_address_as_it_is(key: Key) -> None:
    assert set(LIST.cursor(key)) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    )


def test_the_first_page_has_no_cursor() -> None:
    assert LIST.key(None) is None


@given(KEYS)
def test_no_other_list_takes_it(key: Key) -> None:
    with pytest.raises(BadCursor):
        OTHER.key(LIST.cursor(key))


@given(
    st.text(max_size=120)
    | st.from_regex(CURSOR)
    | st.binary(max_size=90).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        LIST.key(text)


@given(KEYS, st.integers(0, 39), st.sampled_from("Ab0_"))
def test_a_cursor_that_was_changed_is_refused(key: Key, at: int, sign: str) -> None:
    cursor = LIST.cursor(key)
    changed = cursor[:at] + sign + cursor[at + 1 :]
    if changed != cursor:
        with pytest.raises(BadCursor):
            LIST.key(changed)


@given(st.binary(min_size=24, max_size=24))
def test_whoever_knows_how_they_are_made_makes_no_more_than_a_key(raw: bytes) -> None:
    checksum = blake2b(b"list" + raw, digest_size=CHECKSUM).digest()
    key = LIST.key(base64.urlsafe_b64encode(raw + checksum).decode())
    assert key is not None
    assert key.at.tzinfo is UTC
    assert key.at.year <= 9999
    assert key.id.bytes == raw[8:]


@given(st.lists(KEYS, unique=True, max_size=30), st.integers(1, 100))
def test_pages_put_together_are_the_whole_list(keys: list[Key], limit: int) -> None:
    rows = sorted(keys, reverse=True)
    seen: list[Key] = []
    after: str | None = None
    for _ in range(len(rows) + 1):
        one = LIST.page(cut(keys, LIST.asked(after, limit), lambda row: row))
        assert len(one.items) <= limit
        seen += one.items
        after = one.next
        if after is None:
            break
    assert seen == rows


def test_a_full_last_page_says_that_it_is_the_last() -> None:
    keys = [Key(datetime(2026, 11, 22, tzinfo=UTC), UUID(int=number)) for number in (2, 1)]
    assert cut(keys, PageRequest(2), lambda key: key).next is None
