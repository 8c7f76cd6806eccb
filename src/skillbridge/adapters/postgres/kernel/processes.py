"""Which processes run, as they say it themselves; every time is the database's own."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Interval, bindparam, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.kernel.jobs import LEDGER
from skillbridge.adapters.postgres.kernel.tables import processes
from skillbridge.application.ports.processes import (
    FORGOTTEN,
    SILENT,
    Part,
    Process,
    Processes,
    ProcessReport,
)

_lives = processes.c.beat_at > func.now() - bindparam("silent", type_=Interval)
BEAT = Query(
    insert(processes)
    .values(id=bindparam("id"), part=bindparam("part"), version=bindparam("version"))
    .on_conflict_do_update(index_elements=["id"], set_={"beat_at": func.now()})
)
FORGET = Query(
    delete(processes).where(
        processes.c.beat_at < func.now() - bindparam("forgotten", type_=Interval)
    )
)
LEAVE = Query(delete(processes).where(processes.c.id == bindparam("wanted")))
REPORT = Read(select(processes, _lives.label("lives")).order_by(processes.c.beat_at.desc()))
LIVES = Read(select(exists().where(processes.c.part == bindparam("part"), _lives).label("lives")))


@dataclass(frozen=True, slots=True)
class PostgresProcesses:
    database: Database

    async def beat(self, process: Process) -> None:
        async with self.database.transaction(LEDGER) as db:
            await db.run(BEAT, id=process.id, part=process.part.value, version=process.version)
            await db.run(FORGET, forgotten=FORGOTTEN)

    async def leave(self, process: Process) -> None:
        async with self.database.transaction(LEDGER) as db:
            await db.run(LEAVE, wanted=process.id)

    async def report(self) -> Sequence[ProcessReport]:
        rows = await self.database.read(LEDGER, REPORT, silent=SILENT)
        return [msgspec.convert(dict(row), ProcessReport, strict=False) for row in rows]

    async def lives(self, part: Part) -> bool:
        (row,) = await self.database.read(LEDGER, LIVES, part=part.value, silent=SILENT)
        return bool(row["lives"])


BINDINGS: Bindings = (Binding[Processes](PostgresProcesses, singleton=True),)
