"""The ledger of work: who holds which job until when."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
import msgspec
from sqlalchemy import (
    UUID,
    BigInteger,
    Interval,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.kernel.tables import job_tallies, jobs, tenants
from skillbridge.adapters.postgres.kernel.transaction import NOW
from skillbridge.application.ports.jobs import Job, JobReport, Jobs, JobState, Settlement
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.names import EVENTS
from skillbridge.domain.ids import JobId, TenantId
from skillbridge.domain.tenancy.tenant import TenantState

LEDGER = Actor.system(TenantId(uuid.UUID(int=0)))
"""The ledger is one for all tenants."""

_held = and_(
    jobs.c.id == bindparam("job_id"),
    jobs.c.lease == bindparam("held"),
    jobs.c.state == "running",
)
_later = func.now() + bindparam("wait", type_=Interval)

_hold = bindparam("hold", type_=Interval)
CLAIM = Query(
    select(text("*")).select_from(func.app.claim_jobs(bindparam("most", type_=BigInteger), _hold))
)
EXTEND = Query(
    select(text("*")).select_from(
        func.app.extend_job(
            bindparam("job_id", type_=UUID), bindparam("held", type_=BigInteger), _hold
        )
    )
)
FINISH = Query(
    select(text("*")).select_from(
        func.app.finish_jobs(
            bindparam("job_ids", type_=ARRAY(UUID)),
            bindparam("leases", type_=ARRAY(BigInteger)),
        )
    )
)
RETRY = Query(
    update(jobs)
    .where(_held)
    .values(state="ready", lease_until=None, due_at=_later, error=bindparam("because"))
)
REQUEUE = Query(
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
DEAD_LETTER = Query(
    update(jobs).where(_held).values(state="dead", lease_until=None, error=bindparam("because"))
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
        ).where(tenants.c.state == TenantState.ACTIVE),
    )
    .on_conflict_do_nothing()
)
REPORT = Read(
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
    .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
    .limit(bindparam("most"))
)
_done = select(
    literal_column("'done'", Text).label("state"),
    cast(func.coalesce(func.sum(job_tallies.c.done), 0), BigInteger).label("number"),
)
COUNTS = Read(
    _done.union_all(
        select(jobs.c.state, func.count())
        .where(text("state in ('ready','running','dead')"))
        .group_by(jobs.c.state)
    )
)
"""The finished are counted by triggers (`migrations/sql/current/jobs.sql`), the few others here."""
REPLAY = Query(
    update(jobs)
    .where(jobs.c.id == bindparam("job_id"), jobs.c.state == "dead")
    .values(state="ready", attempts=0, due_at=func.now(), error=None)
)


@dataclass(frozen=True, slots=True)
class PostgresJobs:
    database: Database

    async def claim(self, *, limit: int, lease: timedelta) -> Sequence[Job]:
        return [_job(row) for row in await self.database.call(CLAIM, most=limit, hold=lease)]

    async def extend(self, job: Job, *, lease: timedelta) -> bool:
        held = {"job_id": job.id, "held": job.lease, "hold": lease}
        return bool(await self.database.call(EXTEND, **held))

    async def finish(self, jobs: Sequence[Job]) -> None:
        ids, leases = [job.id for job in jobs], [job.lease for job in jobs]
        await self.database.call(FINISH, job_ids=ids, leases=leases)

    async def fail(self, job: Job, error: str, *, retry_in: timedelta | None) -> None:
        held = {"job_id": job.id, "held": job.lease, "because": error}
        async with self.database.transaction(LEDGER) as db:
            if retry_in is None:
                await db.run(DEAD_LETTER, **held)
            else:
                await db.run(RETRY, **held, wait=retry_in)

    async def requeue(self, job: Job, reason: str, *, retry_in: timedelta) -> None:
        held = {"job_id": job.id, "held": job.lease, "because": reason, "wait": retry_in}
        async with self.database.transaction(LEDGER) as db:
            await db.run(REQUEUE, **held)

    async def now(self) -> datetime:
        [row] = await self.database.call(NOW)
        moment: datetime = row[0]
        return moment

    async def plan(self, kind: str, slot: str, *, due_in: timedelta = timedelta()) -> int:
        async with self.database.transaction(LEDGER) as db:
            return await db.run(PLAN, kind=kind, slot=slot, wait=due_in)

    async def report(self, state: JobState, *, limit: int = 100) -> Sequence[JobReport]:
        rows = await self.database.read(LEDGER, REPORT, state=state, most=limit)
        return [msgspec.convert(dict(row), JobReport, strict=False) for row in rows]

    async def counts(self) -> dict[JobState, int]:
        rows = await self.database.read(LEDGER, COUNTS)
        found = {JobState(state): number for state, number in rows}
        return {state: found.get(state, 0) for state in JobState}

    async def replay(self, job_id: JobId) -> bool:
        async with self.database.transaction(LEDGER) as db:
            return bool(await db.run(REPLAY, job_id=job_id))


@dataclass(frozen=True, slots=True)
class PostgresSettlement:
    """In the message that commits, where LeaseLost is raised: nothing comes between."""

    session: Session

    def settle(self, job: Job) -> None:
        self._at_last(job, step=False)

    def hold(self, job: Job) -> None:
        self._at_last(job, step=True)

    def _at_last(self, job: Job, *, step: bool) -> None:
        """Only a UUID, a number and a truth value are put into the text."""
        self.session.connection.last = f"SELECT app.settle_job('{job.id!s}',{job.lease:d},{step})"


def _job(row: asyncpg.Record) -> Job:
    event, unreadable = _event(row) if row["name"] else (None, None)
    return Job(
        id=JobId(row["id"]),
        tenant_id=TenantId(row["tenant_id"]),
        kind=row["kind"],
        event=event,
        slot=row["slot"],
        attempt=row["attempts"],
        lease=row["lease"],
        request_id=row["request_id"] or "",
        unreadable=unreadable,
        error=row["error"],
    )


def _event(row: asyncpg.Record) -> tuple[Event | None, str | None]:
    """The event, or why it cannot be read: the job is claimed by then, and must be settled."""
    name, payload = row["name"], {**row["payload"], "id": row["event_id"]}
    if name not in EVENTS:
        return None, f"this worker knows no event {name}: is it older than the API?"
    try:
        return msgspec.convert(payload, EVENTS[name]), None
    except msgspec.ValidationError as error:
        return None, f"the event {name} reads differently here: {error}"


BINDINGS: Bindings = (
    Binding[Jobs](PostgresJobs, singleton=True),
    Binding[Settlement](PostgresSettlement),
)
