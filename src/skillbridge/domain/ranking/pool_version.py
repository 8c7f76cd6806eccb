"""The number of a pool of mentors: of which week it is, and how many changes it has seen.

Masks of quarter hours and offsets from UTC hold for one week, so a new week is a change of everybody
and of nobody in particular: no list of changes leads across it. The week stands in the upper bits,
so versions still grow. Below 2**53, as JSON needs it, until the year 2129.
"""

from datetime import UTC, datetime, timedelta

CHANGE_BITS = 40
FIRST_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


def version_at(changes: int, at: datetime) -> int:
    """The version after that many changes, in the week of `at`, Monday to Sunday in UTC."""
    return _week(at) << CHANGE_BITS | changes


def changes_in(version: int, at: datetime) -> int | None:
    """How many changes a version of this week had seen; None for one of another week."""
    if version >> CHANGE_BITS != _week(at):
        return None
    return version & ((1 << CHANGE_BITS) - 1)


def _week(at: datetime) -> int:
    return (at - FIRST_MONDAY) // timedelta(weeks=1)
