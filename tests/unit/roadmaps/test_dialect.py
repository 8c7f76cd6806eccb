"""How a server's refusal teaches how to ask it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters.openai.dialect import FORMS, LIMITS, Dialect
from skillbridge.adapters.openai.refusal import LONGEST, readable, retry_after

pytestmark = pytest.mark.row("E5")
WORDS = st.sampled_from(["max_tokens", "max_completion_tokens", "response_format", "no", "grammar"])


@given(st.lists(st.lists(WORDS, max_size=3).map(" ".join), min_size=10, max_size=10))
def test_no_server_is_asked_for_ever(refusals: list[str]) -> None:
    dialect: Dialect | None = Dialect()
    refused: set[str] = set()
    seen = []
    for words in refusals:
        assert dialect is not None
        seen.append(dialect)
        if (dialect := dialect.without(words, refused)) is None:
            break
    assert len(seen) == len(set(seen))
    assert len(seen) <= len(LIMITS) + len(FORMS) - 1


def test_a_refusal_that_names_nothing_teaches_nothing() -> None:
    assert Dialect().without("model not found", set()) is None


def test_a_date_to_wait_for_is_counted_by_the_servers_clock_or_else_by_ours() -> None:
    theirs = {
        "retry-after": "Wed, 21 Oct 2026 07:28:07 GMT",
        "date": "Wed, 21 Oct 2026 07:28:00 GMT",
    }
    assert retry_after(theirs) == 7
    past = {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}
    assert retry_after(past) == 0
    soon = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 0 < (retry_after({"retry-after": soon}) or 0) <= 3600


@given(st.text(max_size=900))
def test_a_servers_words_are_one_short_line_without_the_key(words: str) -> None:
    line = readable(f"key sk-test {words}", "sk-test")
    assert len(line) <= LONGEST
    assert line.isprintable()
    assert line.startswith("key ***")
