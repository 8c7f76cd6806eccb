"""When a ban holds, by whatever PostgreSQL or Go writes for its end."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.accounts.supabase import is_banned

pytestmark = pytest.mark.row("C4")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "until",
    [
        "infinity",
        "2126-01-02T03:04:05.123456+00:00",
        "2126-01-02 03:04:05.123456+00",
        "2026-11-30T12:00:01Z",
        "2026-11-30T12:00:01",
        "2026-11-30T17:30:01+05:30",
        "2026-11-30T12:19:33+00:19:32",
        "9999-12-31T23:59:59.999999Z",
        "10000-01-01T00:00:00+00:00",
        "294276-12-31T23:59:59.999999+00:00",
        "what nobody can read",
        "",
    ],
)
def test_it_holds(until: str) -> None:
    assert is_banned(until, at=NOW)


@pytest.mark.parametrize(
    "until",
    [
        None,
        "-infinity",
        "0001-01-01T00:00:00Z",
        "4713-01-01T00:00:00+00:00 BC",
        "0044-03-15 12:00:00+00 BC",
        "2026-11-30T12:00:00Z",
        "2026-11-30 12:00:00+00",
        "2026-11-30T17:29:59.999999999+05:30",
        "2020-01-02T03:04:05",
    ],
)
def test_it_does_not_hold(until: str | None) -> None:
    assert not is_banned(until, at=NOW)


@given(
    moments=st.datetimes(),
    minutes=st.integers(-15 * 60, 15 * 60),
    apart=st.sampled_from("T "),
)
def test_any_moment_ends_it_when_it_comes(moments: datetime, minutes: int, apart: str) -> None:
    end = moments.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert is_banned(end.isoformat(apart), at=NOW) == (end > NOW)
