"""One transaction of a use case: the actor in, the events and what follows from them out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import bindparam, func, insert, select, update

from skillbridge.adapters.postgres.database import Connection, Database
from skillbridge.adapters.postgres.query import Query
from skillbridge.adapters.postgres.tables import events, jobs
from skillbridge.application.ports import CurrentJob, LeaseLost, Reactions, Wake
from skillbridge.domain.actor import NOBODY, Actor
from skillbridge.domain.events import Event
from skillbridge.domain.ids import JobId

ADD_EVENT = Query(
    insert(events), ["id", "tenant_id", "name", "payload", "actor_id", "request_id", "at"]
)
ADD_JOB = Query(insert(jobs), ["id", "tenant_id", "kind", "event_id"])
HELD_JOB = Query(
    select(jobs.c.id)
    .where(jobs.c.id == bindparam("job_id"), jobs.c.lease == bindparam("held"))
    .where(jobs.c.state == "running")
    .with_for_update(read=True)
)
SETTLE_JOB = Query(
    update(jobs)
    .where(jobs.c.id == bindparam("job_id"), jobs.c.lease == bindparam("held"))
    .where(jobs.c.state == "running")
    .values(state="done", done_at=func.now(), lease_until=None, error=None)
)


@dataclass(slots=True)
class Session:
    """One per request or job: where the adapters find the open connection."""

    connection: Connection | None = None

    @property
    def now(self) -> Connection:
        """The open transaction; asking outside of one is a mistake in the program."""
        if self.connection is None:
            raise RuntimeError("no transaction is open")
        return self.connection


NOW = Query(select(func.clock_timestamp()))
"""Not the transaction's beginning: it may have waited for a lock since."""


@dataclass(slots=True)
class PostgresTx:
    session: Session
    events: list[Event] = field(default_factory=list)

    def emit(self, *events: Event) -> None:
        self.events.extend(events)

    async def now(self) -> datetime:
        moment: datetime = await self.session.now.value(NOW)
        return moment


@dataclass(frozen=True, slots=True)
class PostgresTransaction:
    database: Database
    session: Session
    reactions: Reactions
    wake: Wake
    current: CurrentJob

    @asynccontextmanager
    async def __call__(
        self, actor: Actor, *, read_only: bool = False, step: bool = False
    ) -> AsyncIterator[PostgresTx]:
        if self.session.connection is not None:
            raise RuntimeError("transactions do not nest")
        tx = PostgresTx(self.session)
        planned: list[JobId] = []
        try:
            async with self.database.transaction(actor, read_only=read_only) as connection:
                self.session.connection = connection
                yield tx
                if tx.events:
                    planned = await self._record(actor, tx.events)
                if not read_only:
                    await self._settle(step=step)
        finally:
            self.session.connection = None
        if planned:
            await self.wake(planned)

    async def _record(self, actor: Actor, happened: list[Event]) -> list[JobId]:
        connection = self.session.now
        await connection.run_many(ADD_EVENT, [_event_row(actor, event) for event in happened])
        planned = {
            JobId(uuid4()): (kind, event.id)
            for event in happened
            for kind in self.reactions.get(type(event), ())
        }
        rows = [
            {"id": job_id, "tenant_id": actor.tenant_id, "kind": kind, "event_id": event_id}
            for job_id, (kind, event_id) in planned.items()
        ]
        await connection.run_many(ADD_JOB, rows)
        return list(planned)

    async def _settle(self, *, step: bool) -> None:
        job = self.current.job
        if job is None:
            return
        if self.current.settled:
            raise RuntimeError("a reaction writes in one transaction")
        mark = HELD_JOB if step else SETTLE_JOB
        if not await self.session.now.run(mark, job_id=job.id, held=job.lease):
            raise LeaseLost("another worker took this job over")
        self.current.settled = not step


def _event_row(actor: Actor, event: Event) -> dict[str, Any]:
    payload = msgspec.to_builtins(event)
    payload.pop("id")
    return {
        "id": event.id,
        "tenant_id": actor.tenant_id,
        "name": type(event).__name__,
        "payload": payload,
        "actor_id": None if actor.user_id == NOBODY else actor.user_id,
        "request_id": actor.request_id or None,
        "at": event.at,
    }
