"""Which processes of this installation live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Part(StrEnum):
    """What a process of this installation is."""

    API = "api"
    WORKER = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One that runs; `id` is drawn at its start and names no machine."""

    id: UUID
    part: Part
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessReport(Process):
    """A process as an operator sees it; it lives if it was heard of lately."""

    started_at: datetime
    beat_at: datetime
    lives: bool = True


BEAT = timedelta(seconds=5)
SILENT = timedelta(seconds=20)
"""A process not heard of for so long is taken for dead: three beats may be lost."""
FORGOTTEN = timedelta(hours=1)
"""A process not heard of for so long is not reported any more."""


class Processes(Protocol):
    """Who is there, as each says it of itself. Times are the ledger's own."""

    async def beat(self, process: Process) -> None:
        """It lives; whoever was silent too long is forgotten."""

    async def leave(self, process: Process) -> None:
        """It ends in good order."""

    async def report(self) -> Sequence[ProcessReport]:
        """Everybody, the last heard of first."""
        ...

    async def lives(self, part: Part) -> bool:
        """Whether any process of this part was heard of lately."""
        ...
