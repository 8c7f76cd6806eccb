"""A week of quarter hours, from local hours in any time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.errors import Invalid
from skillbridge.domain.ranking.availability import Window, offset_minutes, overlap, weekly_mask

ALL_WEEK = (1 << 672) - 1
SLOTS = 672

pytestmark = pytest.mark.row("D1", "G2")

WINTER = datetime(2026, 1, 14, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 12, tzinfo=UTC)
ZONES = st.sampled_from(
    [
        "Africa/Lagos",
        "Europe/Paris",
        "Asia/Kathmandu",
        "Pacific/Kiritimati",
        "America/New_York",
        "Pacific/Chatham",
        "Australia/Eucla",
        "Australia/Lord_Howe",
    ]
)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start = draw(st.integers(0, 1439))
    return Window(draw(st.integers(0, 6)), start, draw(st.integers(start + 1, 1440)))


def slots(mask: int) -> list[int]:
    return [slot for slot in range(SLOTS) if mask >> slot & 1]


def test_local_hours_become_utc_quarter_hours() -> None:
    tuesday_evening = Window(1, 18 * 60, 20 * 60)
    assert slots(weekly_mask([tuesday_evening], "Africa/Lagos", WINTER)) == [*range(164, 172)]


def test_hours_follow_the_clock_change_of_the_season() -> None:
    morning = Window(0, 9 * 60, 10 * 60)
    assert slots(weekly_mask([morning], "Europe/Paris", WINTER)) == [*range(32, 36)]
    assert slots(weekly_mask([morning], "Europe/Paris", SUMMER)) == [*range(28, 32)]


def test_a_clock_change_inside_the_week_moves_only_the_days_after_it() -> None:
    changing = datetime(2026, 10, 23, tzinfo=UTC)
    saturday, sunday = Window(5, 600, 660), Window(6, 600, 660)
    assert slots(weekly_mask([saturday, sunday], "Europe/Paris", changing)) == [
        *range(5 * 96 + 32, 5 * 96 + 36),
        *range(6 * 96 + 36, 6 * 96 + 40),
    ]


def test_the_hour_that_spring_skips_is_not_available() -> None:
    night = Window(6, 60, 4 * 60)
    assert len(slots(weekly_mask([night], "Europe/Paris", datetime(2026, 3, 27, tzinfo=UTC)))) == 8
    assert len(slots(weekly_mask([night], "Europe/Paris", WINTER))) == 12


def test_hours_before_monday_in_utc_wrap_to_the_end_of_the_week() -> None:
    assert slots(weekly_mask([Window(0, 0, 60)], "Africa/Lagos", WINTER)) == [*range(668, 672)]


def test_windows_that_touch_count_as_one_also_over_midnight_and_sunday() -> None:
    """Until 1986 Nepal's clocks were off by 5:30, and until 1920 by 5:41:16: a quarter hour lay across
    both sides of local midnight."""
    late, early, then = Window(6, 23 * 60, 1440), Window(0, 0, 60), datetime(1919, 6, 5, tzinfo=UTC)
    together = weekly_mask([late, early], "Asia/Kathmandu", then)
    apart = weekly_mask([late], "Asia/Kathmandu", then) | weekly_mask(
        [early], "Asia/Kathmandu", then
    )
    assert len(slots(together)) == len(slots(apart)) + 1
    assert together & apart == apart


@pytest.mark.parametrize("gap", [0, 1])
def test_a_quarter_hour_across_two_windows_counts_where_they_touch(gap: int) -> None:
    """9:00 to 9:10 and 9:10 to 9:30 are two quarter hours, with a minute between them one."""
    mask = weekly_mask([Window(0, 540, 550), Window(0, 550 + gap, 570)], "UTC", WINTER)
    assert slots(mask) == ([37] if gap else [36, 37])


@given(ZONES)
def test_always_free_is_the_whole_week_everywhere(zone: str) -> None:
    assert weekly_mask([Window(day, 0, 1440) for day in range(7)], zone, SUMMER) == ALL_WEEK


@given(st.lists(windows(), max_size=5), ZONES, st.integers(0, 3650 * 24))
def test_every_quarter_hour_in_the_mask_lies_inside_the_hours_and_no_other_does(
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
        start = monday + timedelta(minutes=15 * slot)
        whole = all(free(start + timedelta(minutes=minute)) for minute in range(15))
        assert bool(mask >> slot & 1) == whole


@given(st.integers(0, ALL_WEEK), st.integers(0, ALL_WEEK))
def test_overlap_is_the_same_from_both_sides(one: int, other: int) -> None:
    assert overlap(one, other) == overlap(other, one) <= overlap(one, one)


ODD = {
    "Asia/Kathmandu": (345, WINTER),
    "Pacific/Chatham": (825, WINTER),
    "Pacific/Chatham in its winter": (765, SUMMER),
    "Australia/Eucla": (525, WINTER),
    "Asia/Kolkata": (330, WINTER),
    "Australia/Lord_Howe": (660, WINTER),
    "America/St_Johns": (-210, WINTER),
}


@pytest.mark.parametrize("name", ODD)
def test_two_neighbours_have_each_quarter_hour_in_common_wherever_they_live(name: str) -> None:
    """Half hours of UTC left two people in Nepal nothing of 9:00 to 9:30."""
    zone, (offset, at) = name.split(" ", maxsplit=1)[0], ODD[name]
    assert offset_minutes(zone, at) == offset
    for minutes in (15, 30, 60):
        mask = weekly_mask([Window(0, 9 * 60, 9 * 60 + minutes)], zone, at)
        first = (9 * 60 - offset) // 15 % SLOTS
        assert slots(mask) == sorted((first + slot) % SLOTS for slot in range(minutes // 15))
        assert overlap(mask, mask) == minutes // 15


def test_a_clock_that_is_off_by_seconds_only_gives_quarter_hours_that_lie_inside() -> None:
    """Liberia kept 44 minutes and 30 seconds behind UTC until January 1972."""
    hour, zone = Window(0, 9 * 60, 10 * 60), "Africa/Monrovia"
    before, after = datetime(1971, 6, 2, tzinfo=UTC), datetime(1973, 6, 6, tzinfo=UTC)
    assert slots(weekly_mask([hour], zone, after)) == [36, 37, 38, 39]
    assert slots(weekly_mask([hour], zone, before)) == [39, 40, 41], "9:44:30 to 10:44:30 in UTC"


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
