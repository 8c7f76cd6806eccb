"""The bench's own arithmetic: medians of rounds, and ratios within a round.

Rounds take turns: A B C, A B C, … A ratio is made within each round and its median quoted, so
that a machine whose speed drifts bends both sides alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of the load generator saw, and what it cost the server."""

    requests: int
    seconds: float
    p99_ms: float
    cpu_seconds: float
    """User and system time of the server's processes, the database's not among them."""

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of the server's CPU per request."""
        return 1e6 * self.cpu_seconds / self.requests

    @property
    def busy(self) -> float:
        """Share of the server's core that was used."""
        return self.cpu_seconds / self.seconds


@dataclass(frozen=True, slots=True)
class Goal:
    """What we want of a figure, mostly a ratio, and what came out."""

    what: str
    wanted: float
    measured: float
    at_most: bool = False
    """Whether less is better; otherwise `wanted` is the least."""

    @property
    def met(self) -> bool:
        return self.measured <= self.wanted if self.at_most else self.measured >= self.wanted

    @property
    def limit(self) -> str:
        """What is wanted, as a table shows it."""
        return f"{'≤' if self.at_most else '≥'} {shown(self.wanted)}"


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the ratios round by round; raises ValueError for rounds that do not pair."""
    return median(one / other for one, other in zip(over, under, strict=True))


def shown(number: float) -> str:
    """Three significant digits, thousands apart."""
    if number >= 100:
        return f"{number:,.0f}".replace(",", " ")
    if number >= 10:
        return f"{number:.1f}"
    return f"{number:.2f}" if number >= 1 else f"{number:.3g}"


def times(number: float) -> str:
    """A ratio, as `4.12x`."""
    return f"{shown(number)}x"
