"""Telling that something fails when it begins to, and once more when it is over."""

from dataclasses import dataclass


@dataclass(slots=True)
class Outage:
    """Of what is tried again and again: each change of state is worth a line, not each try."""

    tries: int = 0
    """How many failed in a row."""

    def begins(self) -> bool:
        """It failed; true for the first time in a row."""
        self.tries += 1
        return self.tries == 1

    def ends(self) -> int:
        """It went well; how many tries had failed before, 0 while nothing does."""
        tries, self.tries = self.tries, 0
        return tries
