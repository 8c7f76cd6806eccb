"""Attempts counted in this process alone."""

import time
from dataclasses import dataclass, field

from skillbridge.domain.pace import Pace

REMEMBERED = 100_000
"""Names at most: a flood of new ones must not fill the memory."""


def microseconds() -> int:
    return time.monotonic_ns() // 1000


@dataclass(frozen=True, slots=True)
class Paces:
    """When what was taken by each name will have come back."""

    due: dict[str, int] = field(init=False, default_factory=dict)

    def move(self, name: str, pace: Pace, *, times: int = 1, most: int | None = None) -> int:
        """Takes so many, or gives them back, as `Pace.ahead` tells."""
        now = microseconds()
        ahead = pace.ahead(self.due.get(name, 0), now, times=times, most=most)
        if ahead > 0:
            self._make_room(now)
            self.due[name] = now + ahead
        elif ahead == 0:
            self.due.pop(name, None)
        return ahead

    def _make_room(self, now: int) -> None:
        """Forgets whoever has everything back; where that is too few, everybody."""
        if len(self.due) < REMEMBERED:
            return
        for name in [name for name, due in self.due.items() if due <= now]:
            del self.due[name]
        if len(self.due) >= REMEMBERED:
            self.due.clear()
