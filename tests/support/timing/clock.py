"""A clock that the test moves: what takes time is shown without any passing."""

from dataclasses import dataclass


@dataclass
class Clock:
    """Seconds since some moment, as `time.monotonic` tells them."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now
