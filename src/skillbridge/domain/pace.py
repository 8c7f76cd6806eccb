"""How often something may be tried: so many times at once, each of which comes back after its share.

Source: the generic cell rate algorithm, ITU-T I.371. One number tells all: when everything will have
come back, in microseconds of whichever clock; whole ones, so that the last of the attempts is not lost
to rounding. How far that lies ahead is what has been taken.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Pace:
    """`limit` attempts in `window`, `step` for each: microseconds."""

    limit: int
    window: int
    step: int

    @classmethod
    def of(cls, limit: int, per: timedelta) -> "Pace":
        window = per // MICROSECOND
        return cls(limit, window, window // limit)

    def ahead(self, due: int, now: int, *, times: int = 1, most: int | None = None) -> int:
        """How far ahead it is after so many more; below zero, how long to wait for them instead."""
        ahead = max(due - now, 0) + self.step * times
        over = ahead - (self.window if most is None else most)
        return -over if over > 0 else max(ahead, 0)

    def left(self, ahead: int) -> "Left":
        """What that leaves; below zero there is nothing for so long."""
        if ahead < 0:
            return Left(0, seconds(-ahead))
        remaining = max(self.window - ahead, 0) // self.step
        if remaining >= self.limit:
            return Left(self.limit, 0)
        return Left(remaining, seconds(ahead - self.window + (remaining + 1) * self.step))


class Left(NamedTuple):
    """How many may be tried at once, and in how many seconds there will be one more."""

    remaining: int
    seconds: int


def seconds(microseconds: int) -> int:
    """Rounded up, for whoever comes back a moment early is refused again."""
    return -(-microseconds // SECOND)
