"""What an installation stands on, for whoever asks how it is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NewType


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something outside that answers with its version, or raises."""

    name: str
    ask: Callable[[], Awaitable[str]]
    critical: bool
    """Without a critical one there is no point in sending requests here."""


Dependencies = NewType("Dependencies", Sequence[Dependency])
