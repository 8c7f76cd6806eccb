"""How long to wait after wrong tries: not at all after some, then twice as long each time, to a bound.

Nobody is shut out for good by what others guess, and who guesses on gets a few tries a day. A try is
counted before it is looked at, so that many at once are no more than many in a row, and forgiven where
it was right. Whole microseconds of whichever clock, as in `domain/pace.py`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from skillbridge.domain.pace import MICROSECOND

DOUBLINGS = 40
"""More of these are longer than any bound."""


class Strikes(NamedTuple):
    """How many tries were counted, and from when on there may be another."""

    tries: int
    due: int


NONE = Strikes(0, 0)


@dataclass(frozen=True, slots=True)
class Delay:
    """`free` tries in a row, then a wait of `first` that doubles up to `most`: microseconds."""

    free: int
    first: int
    most: int
    kept: int
    """So long after the wait is over, without another try, nothing of it is remembered."""

    @classmethod
    def of(cls, free: int, first: timedelta, most: timedelta, kept: timedelta) -> "Delay":
        return cls(free, first // MICROSECOND, most // MICROSECOND, kept // MICROSECOND)

    def after(self, tries: int) -> int:
        """How long nobody may try after so many."""
        if tries < self.free:
            return 0
        return min(self.first << min(tries - self.free, DOUBLINGS), self.most)

    def is_first_at_bound(self, tries: int) -> bool:
        """Whether so many, and not fewer, are answered by the longest wait."""
        return self.after(tries) == self.most != self.after(tries - 1)

    def struck(self, held: Strikes, now: int) -> Strikes | None:
        """With one try more; None where it is too early for one, which then is not counted."""
        if held.due > now:
            return None
        tries = 1 if held.due + self.kept <= now else held.tries + 1
        return Strikes(tries, now + self.after(tries))

    def forgiven(self, held: Strikes, taken: Strikes, before: int) -> Strikes:
        """With one try less, which had made `taken` of it where it was `before` that was due.

        What others tried since keeps its wait.
        """
        if held.tries <= 1:
            return NONE
        if held == taken:
            return Strikes(held.tries - 1, before)
        less = self.after(held.tries) - self.after(held.tries - 1)
        return Strikes(held.tries - 1, held.due - less)
