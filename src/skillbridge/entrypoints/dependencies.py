"""What an installation stands on, for whoever asks how it is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NewType

from skillbridge.application.ports.processes import Part, Processes
from skillbridge.domain.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something outside that answers with its version, or raises."""

    name: str
    ask: Callable[[], Awaitable[str]]
    critical: bool
    """Without a critical one there is no point in sending requests here."""


Dependencies = NewType("Dependencies", Sequence[Dependency])


async def workers(processes: Processes) -> str:
    """How many live, and their versions; raises Unavailable when none does."""
    living = [one for one in await processes.report() if one.lives and one.part is Part.WORKER]
    if not living:
        raise Unavailable("no worker lives: what follows from events waits")
    return f"{len(living)} of version {', '.join(sorted({one.version for one in living}))}"
