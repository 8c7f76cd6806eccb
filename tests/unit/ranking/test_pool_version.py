"""Versions of a pool grow, within a week and across weeks."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.ranking.pool_version import changes_in, version_at

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
WEEK = timedelta(weeks=1)
counts = st.integers(0, 2**40 - 1)
moments = st.timedeltas(timedelta(), WEEK - timedelta(microseconds=1))


@given(changes=counts, written=moments, read=moments)
def test_a_version_tells_its_changes_all_week(
    changes: int, written: timedelta, read: timedelta
) -> None:
    assert changes_in(version_at(changes, MONDAY + written), MONDAY + read) == changes


@given(before=counts, after=counts)
def test_the_next_week_is_a_greater_version_and_another_story(before: int, after: int) -> None:
    old, new = version_at(before, MONDAY), version_at(after, MONDAY + WEEK)
    assert 0 < old < new < 2**53
    assert changes_in(old, MONDAY + WEEK) is None
