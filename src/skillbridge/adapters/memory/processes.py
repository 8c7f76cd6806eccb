"""Which processes run, in a dictionary."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import Store
from skillbridge.application.ports.processes import (
    FORGOTTEN,
    SILENT,
    Part,
    Process,
    Processes,
    ProcessReport,
)


@dataclass(frozen=True, slots=True)
class MemoryProcesses:
    store: Store

    async def beat(self, process: Process) -> None:
        now = datetime.now(UTC)
        known = self.store.processes.get(process.id)
        self.store.processes[process.id] = (
            replace(known, beat_at=now)
            if known
            else ProcessReport(**asdict(process), started_at=now, beat_at=now)
        )
        for one in [*self.store.processes.values()]:
            if one.beat_at < now - FORGOTTEN:
                del self.store.processes[one.id]

    async def leave(self, process: Process) -> None:
        self.store.processes.pop(process.id, None)

    async def report(self) -> Sequence[ProcessReport]:
        since = datetime.now(UTC) - SILENT
        return [
            replace(one, lives=one.beat_at > since)
            for one in sorted(
                self.store.processes.values(), key=lambda one: one.beat_at, reverse=True
            )
        ]

    async def lives(self, part: Part) -> bool:
        return any(one.lives and one.part is part for one in await self.report())


BINDINGS: Bindings = (Binding[Processes](MemoryProcesses, singleton=True),)
