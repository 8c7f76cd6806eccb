"""A week of quarter hours in UTC, as the bits of one whole number.

Bit `n` is slot `n`; slot 0 is Monday 00:00 to 00:15 UTC and there are 672: the clocks of no time
zone are off by less than a quarter of an hour (Nepal: 5:45, the Chatham Islands: 12:45). People state their
hours in local time, and a time zone may change its offset inside a week, so a mask holds for one
week: the one, Monday to Sunday in UTC, around an instant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from skillbridge.domain.errors import Invalid

SLOTS = 672
SLOT_SECONDS = 15 * 60
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
ALL_WEEK = (1 << SLOTS) - 1


@dataclass(frozen=True, slots=True)
class Window:
    """Free hours on one day of the week, in local time; `end` 1440 is midnight.

    Monday is 0. Raises Invalid for a day or time that does not exist.
    """

    weekday: int
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:  # noqa: PLR2004  # the days of a week
            raise Invalid("a weekday is 0 (Monday) to 6 (Sunday)", field="weekday")
        if not 0 <= self.start < self.end <= DAY_MINUTES:
            raise Invalid("hours start before they end, within one day", field="start")


def zone_named(name: str) -> ZoneInfo:
    """The IANA time zone of that name; raises Invalid when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid(
            f"{name!r} is no time zone; write one such as Africa/Lagos", field="time_zone"
        ) from None


def offset_minutes(zone: str, at: datetime) -> int:
    """Whole minutes east of UTC that clocks in `zone` are at `at`."""
    return _offset(zone, at) // 60


def weekly_mask(windows: Iterable[Window], zone: str, at: datetime) -> int:
    """The quarter hours of the week around `at` that lie wholly inside the windows.

    `at` is aware. Windows that touch or overlap count as one.
    """
    stretches = _merged(windows)
    mask = 0
    for offset, valid in _offsets(zone, _monday(at)):
        shifted = 0
        for start, end in stretches:
            shifted |= _slots(start * 60 - offset, end * 60 - offset)
        mask |= shifted & valid
    return mask


def overlap(one: int, other: int) -> int:
    """How many quarter hours both are free."""
    return (one & other).bit_count()


def _monday(at: datetime) -> datetime:
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=midnight.weekday())


def _offset(zone: str, at: datetime) -> int:
    """Seconds: before they had standards, clocks were off by some."""
    offset = at.astimezone(zone_named(zone)).utcoffset() or timedelta()
    return offset // timedelta(seconds=1)


@lru_cache(maxsize=2048)
def _offsets(zone: str, monday: datetime) -> tuple[tuple[int, int], ...]:
    """The offsets of `zone` in that week, in seconds, each with the mask of the slots it holds for."""
    masks: dict[int, int] = {}
    for slot in range(SLOTS):
        offset = _offset(zone, monday + timedelta(seconds=slot * SLOT_SECONDS))
        masks[offset] = masks.get(offset, 0) | 1 << slot
    return tuple(masks.items())


def _merged(windows: Iterable[Window]) -> list[tuple[int, int]]:
    """Stretches of the local week in minutes; Sunday's midnight runs on into Monday."""
    spans = sorted(
        (window.weekday * DAY_MINUTES + window.start, window.weekday * DAY_MINUTES + window.end)
        for window in windows
    )
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    if merged == [(0, WEEK_MINUTES)]:
        return [(0, 2 * WEEK_MINUTES)]
    if len(merged) > 1 and merged[0][0] == 0 and merged[-1][1] == WEEK_MINUTES:
        merged[-1] = (merged[-1][0], WEEK_MINUTES + merged.pop(0)[1])
    return merged


def _slots(start: int, end: int) -> int:
    """The whole slots from second `start` to second `end`, wrapped into one week."""
    first, last = -(-start // SLOT_SECONDS), end // SLOT_SECONDS
    length = last - first
    if length >= SLOTS:
        return ALL_WEEK
    if length <= 0:
        return 0
    bits = ((1 << length) - 1) << (first % SLOTS)
    return (bits | bits >> SLOTS) & ALL_WEEK
