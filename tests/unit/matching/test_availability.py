"""A week of half hours, from local hours in any time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.errors import Invalid
from skillbridge.domain.matching.availability import (
    ALL_WEEK,
    SLOTS,
    Window,
    offset_minutes,
    overlap,
    weekly_mask,
)

pytestmark = pytest.mark.row("D1", "G2")

WINTER = datetime(2026, 1, 14, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 12, tzinfo=UTC)
ZONES = st.sampled_from(
    ["Africa/Lagos", "Europe/Paris", "Asia/Kathmandu", "Pacific/Kiritimati", "America/New_York"]
)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start = draw(st.integers(0, 1439))
    return Window(draw(st.integers(0, 6)), start, draw(st.integers(start + 1, 1440)))


def slots(mask: int) -> list[int]:
    return [slot for slot in range(SLOTS) if mask >> slot & 1]


def test_local_hours_become_utc_half_hours() -> None:
    tuesday_evening = Window(1, 18 * 60, 20 * 60)
    assert slots(weekly_mask([tuesday_evening], "Africa/Lagos", WINTER)) == [82, 83, 84, 85]


def test_hours_follow_the_clock_change_of_the_season() -> None:
    morning = Window(0, 9 * 60, 10 * 60)
    assert slots(weekly_mask([morning], "Europe/Paris", WINTER)) == [16, 17]
    assert slots(weekly_mask([morning], "Europe/Paris", SUMMER)) == [14, 15]


def test_a_clock_change_inside_the_week_moves_only_the_days_after_it() -> None:
    changing = datetime(2026, 10, 23, tzinfo=UTC)
    saturday, sunday = Window(5, 600, 660), Window(6, 600, 660)
    assert slots(weekly_mask([saturday, sunday], "Europe/Paris", changing)) == [
        5 * 48 + 16,
        5 * 48 + 17,
        6 * 48 + 18,
        6 * 48 + 19,
    ]


def test_the_hour_that_spring_skips_is_not_available() -> None:
    night = Window(6, 60, 4 * 60)
    assert len(slots(weekly_mask([night], "Europe/Paris", datetime(2026, 3, 27, tzinfo=UTC)))) == 4
    assert len(slots(weekly_mask([night], "Europe/Paris", WINTER))) == 6


def test_hours_before_monday_in_utc_wrap_to_the_end_of_the_week() -> None:
    assert slots(weekly_mask([Window(0, 0, 60)], "Africa/Lagos", WINTER)) == [334, 335]


def test_windows_that_touch_count_as_one_also_over_midnight_and_sunday() -> None:
    """At an offset of 45 minutes a half hour lies across both sides of local midnight."""
    late, early = Window(6, 23 * 60, 1440), Window(0, 0, 60)
    together = weekly_mask([late, early], "Asia/Kathmandu", WINTER)
    apart = weekly_mask([late], "Asia/Kathmandu", WINTER) | weekly_mask(
        [early], "Asia/Kathmandu", WINTER
    )
    assert len(slots(together)) == len(slots(apart)) + 1
    assert together & apart == apart


@given(ZONES)
def test_always_free_is_the_whole_week_everywhere(zone: str) -> None:
    assert weekly_mask([Window(day, 0, 1440) for day in range(7)], zone, SUMMER) == ALL_WEEK


@given(st.lists(windows(), max_size=5), ZONES, st.integers(0, 3650 * 24))
def test_every_half_hour_in_the_mask_lies_inside_the_hours_and_no_other_does(
    hours: list[Window], zone: str, later: int
) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=later)
    mask = weekly_mask(hours, zone, at)
    monday = at.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=at.weekday())

    def free(minute: datetime) -> bool:
        local = minute.astimezone(ZoneInfo(zone))
        clock = local.hour * 60 + local.minute
        return any(w.weekday == local.weekday() and w.start <= clock < w.end for w in hours)

    for slot in range(SLOTS):
        start = monday + timedelta(minutes=30 * slot)
        whole = all(free(start + timedelta(minutes=minute)) for minute in (0, *range(30)))
        assert bool(mask >> slot & 1) == whole


@given(st.integers(0, ALL_WEEK), st.integers(0, ALL_WEEK))
def test_overlap_is_the_same_from_both_sides(one: int, other: int) -> None:
    assert overlap(one, other) == overlap(other, one) <= overlap(one, one)


def test_offsets_are_minutes_east() -> None:
    assert offset_minutes("Africa/Lagos", WINTER) == 60
    assert offset_minutes("America/New_York", SUMMER) == -240
    assert offset_minutes("Asia/Kathmandu", SUMMER) == 345


@pytest.mark.parametrize("name", ["", "Lagos", "Africa", "../etc/passwd", "Africa/Lagos\0"])
def test_a_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="such as Africa/Lagos"):
        offset_minutes(name, WINTER)


@pytest.mark.parametrize(
    ("weekday", "start", "end"), [(7, 0, 60), (-1, 0, 60), (0, 60, 60), (0, -1, 60), (0, 0, 1441)]
)
def test_hours_that_do_not_exist_are_refused(weekday: int, start: int, end: int) -> None:
    with pytest.raises(Invalid):
        Window(weekday, start, end)
