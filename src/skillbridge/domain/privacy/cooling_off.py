"""The days in which an erasure may be cancelled."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class CoolingOff:
    """As an installation has set it."""

    days: int

    @property
    def time(self) -> timedelta:
        return timedelta(days=self.days)
