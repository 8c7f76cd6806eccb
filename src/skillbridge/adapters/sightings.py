"""Sightings counted in this process alone."""

from dataclasses import dataclass, field
from datetime import timedelta

from skillbridge.adapters import paces
from skillbridge.domain.pace import MICROSECOND

REMEMBERED = 2_000
"""Names at most, each with as many marks as its threshold: a flood of new ones must not fill the memory."""


@dataclass(slots=True)
class Seen:
    """What was seen by one name until its window ends."""

    until: int
    threshold: int
    marks: set[int | str] = field(default_factory=set)

    @property
    def share(self) -> float:
        return len(self.marks) / self.threshold


@dataclass(frozen=True, slots=True)
class LocalSightings:
    """As the script of `adapters/redis/sightings.py` has it."""

    held: dict[str, Seen] = field(init=False, default_factory=dict)

    def sight(self, name: str, what: str, threshold: int, window: timedelta) -> bool:
        now, length = paces.microseconds(), window // MICROSECOND
        seen = self.held.get(name)
        if seen is None or seen.until <= now:
            self._make_room(now)
            seen = self.held[name] = Seen(now + length, threshold)
        if len(seen.marks) >= threshold:
            return False
        before = len(seen.marks)
        seen.marks.add(what or before)
        if len(seen.marks) == before or len(seen.marks) < threshold:
            return False
        seen.until = now + length
        return True

    def forget(self, name: str) -> None:
        self.held.pop(name, None)

    def _make_room(self, now: int) -> None:
        """Forgets what is over, then the half that is farthest from a signal: what was raised stays."""
        if len(self.held) < REMEMBERED:
            return
        living = {name: seen for name, seen in self.held.items() if seen.until > now}
        if len(living) >= REMEMBERED:
            most = sorted(living.items(), key=lambda one: one[1].share, reverse=True)
            living = dict(most[: REMEMBERED // 2])
        self.held.clear()
        self.held.update(living)
