"""The ledger of work: who holds which job until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import Interval, Text, and_, bindparam, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from skillbridge.adapters.postgres.database import Database
from skillbridge.adapters.postgres.query import Query
from skillbridge.adapters.postgres.tables import events, jobs, tenants
from skillbridge.application.ports import Job, JobReport, JobState
from skillbridge.domain.actor import Actor
from skillbridge.domain.events import EVENTS, Event
from skillbridge.domain.ids import JobId, TenantId

LEDGER = Actor.system(TenantId(UUID(int=0)))
"""The ledger is one for all tenants."""

_claimable = or_(
    and_(jobs.c.state == "ready", jobs.c.due_at <= func.now()),
    and_(jobs.c.state == "running", jobs.c.lease_until <= func.now()),
)
# As the partial index says it, in the statement's text: a parameter would hide it from the planner.
_open = or_(jobs.c.state == literal_column("'ready'"), jobs.c.state == literal_column("'running'"))
_held = and_(
    jobs.c.id == bindparam("job_id"),
    jobs.c.lease == bindparam("held"),
    jobs.c.state == "running",
)
_later = func.now() + bindparam("wait", type_=Interval)

CLAIM = Query(
    update(jobs)
    .where(jobs.c.id == bindparam("job_id"), _claimable)
    .values(
        state="running",
        attempts=jobs.c.attempts + 1,
        lease=jobs.c.lease + 1,
        lease_until=_later,
    )
    .returning(
        jobs.c.id,
        jobs.c.tenant_id,
        jobs.c.kind,
        jobs.c.slot,
        jobs.c.event_id,
        jobs.c.attempts,
        jobs.c.lease,
        jobs.c.error,
    )
)
CAUSE = Query(
    select(events.c.id, events.c.name, events.c.payload, events.c.request_id).where(
        events.c.id == bindparam("event_id")
    )
)
EXTEND = Query(update(jobs).where(_held).values(lease_until=_later))
FINISH = Query(
    update(jobs).where(_held).values(state="done", done_at=func.now(), lease_until=None, error=None)
)
RETRY = Query(
    update(jobs)
    .where(_held)
    .values(state="ready", lease_until=None, due_at=_later, error=bindparam("because"))
)
HAND_BACK = Query(
    update(jobs)
    .where(_held)
    .values(
        state="ready",
        lease_until=None,
        due_at=_later,
        error=bindparam("because"),
        attempts=jobs.c.attempts - 1,
    )
)
BURY = Query(
    update(jobs).where(_held).values(state="dead", lease_until=None, error=bindparam("because"))
)
DUE = Query(
    select(jobs.c.id)
    .where(_open)
    .where(func.coalesce(jobs.c.lease_until, jobs.c.due_at) <= func.now())
    .order_by(func.coalesce(jobs.c.lease_until, jobs.c.due_at))
    .limit(bindparam("most"))
)
PLAN = Query(
    insert(jobs)
    .from_select(
        ["id", "tenant_id", "kind", "slot", "due_at"],
        select(
            func.gen_random_uuid(),
            tenants.c.id,
            bindparam("kind", type_=Text),
            bindparam("slot", type_=Text),
            _later,
        ),
    )
    .on_conflict_do_nothing()
)
REPORT = Query(
    select(
        jobs.c.id,
        jobs.c.tenant_id,
        jobs.c.kind,
        jobs.c.state,
        jobs.c.attempts,
        jobs.c.due_at,
        jobs.c.error,
    )
    .where(jobs.c.state == bindparam("state"))
    .order_by(jobs.c.created_at.desc())
    .limit(bindparam("most"))
)
COUNTS = Query(select(jobs.c.state, func.count()).group_by(jobs.c.state))
REPLAY = Query(
    update(jobs)
    .where(jobs.c.id == bindparam("job_id"), jobs.c.state == "dead")
    .values(state="ready", attempts=0, due_at=func.now(), error=None)
)


@dataclass(frozen=True, slots=True)
class PostgresJobs:
    database: Database

    async def claim(self, job_id: JobId, *, lease: timedelta) -> Job | None:
        async with self.database.transaction(LEDGER) as db:
            row = await db.row(CLAIM, job_id=job_id, wait=lease)
            if row is None:
                return None
            cause = row["event_id"] and await db.row(CAUSE, event_id=row["event_id"])
        event, unreadable = _event(cause) if cause else (None, None)
        return Job(
            id=JobId(row["id"]),
            tenant_id=TenantId(row["tenant_id"]),
            kind=row["kind"],
            event=event,
            slot=row["slot"],
            attempt=row["attempts"],
            lease=row["lease"],
            request_id=(cause["request_id"] or "") if cause else "",
            unreadable=unreadable,
            error=row["error"],
        )

    async def extend(self, job: Job, *, lease: timedelta) -> bool:
        async with self.database.transaction(LEDGER) as db:
            return bool(await db.run(EXTEND, job_id=job.id, held=job.lease, wait=lease))

    async def finish(self, job: Job) -> None:
        async with self.database.transaction(LEDGER) as db:
            await db.run(FINISH, job_id=job.id, held=job.lease)

    async def fail(self, job: Job, error: str, *, retry_in: timedelta | None) -> None:
        held = {"job_id": job.id, "held": job.lease, "because": error}
        async with self.database.transaction(LEDGER) as db:
            if retry_in is None:
                await db.run(BURY, **held)
            else:
                await db.run(RETRY, **held, wait=retry_in)

    async def hand_back(self, job: Job, reason: str, *, retry_in: timedelta) -> None:
        held = {"job_id": job.id, "held": job.lease, "because": reason, "wait": retry_in}
        async with self.database.transaction(LEDGER) as db:
            await db.run(HAND_BACK, **held)

    async def due(self, *, limit: int) -> Sequence[JobId]:
        async with self.database.transaction(LEDGER, read_only=True) as db:
            return [JobId(row["id"]) for row in await db.rows(DUE, most=limit)]

    async def plan(self, kind: str, slot: str, *, due_in: timedelta = timedelta()) -> int:
        async with self.database.transaction(LEDGER) as db:
            return await db.run(PLAN, kind=kind, slot=slot, wait=due_in)

    async def report(self, state: JobState, *, limit: int = 100) -> Sequence[JobReport]:
        async with self.database.transaction(LEDGER, read_only=True) as db:
            rows = await db.rows(REPORT, state=state, most=limit)
        return [msgspec.convert(dict(row), JobReport, strict=False) for row in rows]

    async def counts(self) -> dict[JobState, int]:
        async with self.database.transaction(LEDGER, read_only=True) as db:
            found = {JobState(state): count for state, count in await db.rows(COUNTS)}
        return {state: found.get(state, 0) for state in JobState}

    async def replay(self, job_id: JobId) -> bool:
        async with self.database.transaction(LEDGER) as db:
            return bool(await db.run(REPLAY, job_id=job_id))


def _event(row: asyncpg.Record) -> tuple[Event | None, str | None]:
    """The event, or why it cannot be read: the job is claimed by then, and must be settled."""
    name, payload = row["name"], {**row["payload"], "id": row["id"]}
    if name not in EVENTS:
        return None, f"this worker knows no event {name}: is it older than the API?"
    try:
        return msgspec.convert(payload, EVENTS[name]), None
    except msgspec.ValidationError as error:
        return None, f"the event {name} reads differently here: {error}"
