"""What was seen of one subject, counted until it is worth a signal."""

from datetime import timedelta
from typing import Protocol


class Sightings(Protocol):
    """Counts by name over all processes; while that cannot be, each process by itself."""

    async def sight(self, name: str, *, threshold: int, window: timedelta, what: str = "") -> bool:
        """Whether this one is the one that makes `threshold`; of the same window no other one is.

        `what` counts once in a window, and everything that has none counts each time. The window
        begins with the first sighting, and anew with the one that makes the threshold.
        """
        ...

    async def forget(self, name: str) -> None:
        """As if nothing had been seen: what was to follow could not be done."""
