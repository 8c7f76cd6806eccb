"""One transaction of a use case: the actor in, the events and what follows from them out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import UUID, DateTime, Text, bindparam, cast, column, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.expression import ColumnClause, TableValuedAlias

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import TENANT
from skillbridge.adapters.postgres.engine.database import Database, savepoint
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.kernel.tables import audit_entries, events, jobs
from skillbridge.application.ports.jobs import Reactions, Step, Wake
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import NOBODY, Actor
from skillbridge.domain.audit.entry import entry_of
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import JobId


def _rows(told: str, *columns: ColumnClause[Any]) -> TableValuedAlias:
    """A row for each member of a JSON array: one parameter, however many columns."""
    array = cast(bindparam(told, type_=Text), JSONB)
    return (
        func.jsonb_to_recordset(array).table_valued(*columns).render_derived(told, with_types=True)
    )


_events = _rows(
    "new_events",
    column("id", UUID),
    column("name", Text),
    column("payload", JSONB),
    column("at", DateTime(timezone=True)),
)
_jobs = _rows("new_jobs", column("id", UUID), column("kind", Text), column("cause", UUID))
_happened = (
    insert(events)
    .from_select(
        ["id", "tenant_id", "name", "payload", "actor_id", "request_id", "at"],
        select(
            _events.c.id,
            TENANT,
            _events.c.name,
            _events.c.payload,
            bindparam("by", type_=UUID),
            bindparam("request", type_=Text),
            _events.c.at,
        ),
    )
    .cte("happened")
)
_follows = insert(jobs).from_select(
    ["id", "tenant_id", "kind", "event_id"],
    select(_jobs.c.id, TENANT, _jobs.c.kind, _jobs.c.cause),
)
RECORD = Query(_follows.add_cte(_happened))
"""All that happened and all that follows from it, in one statement."""

_OF_EACH = ("id", "action", "category", "subject_id", "details")
_OF_ALL = ("actor_kind", "actor_id", "operator", "network", "request_id", "correlation_id")
_entries = _rows("new_entries", *(column(name, audit_entries.c[name].type) for name in _OF_EACH))
_kept = (
    insert(audit_entries)
    .from_select(
        ["tenant_id", *_OF_EACH, *_OF_ALL],
        select(
            TENANT,
            *(_entries.c[name] for name in _OF_EACH),
            *(bindparam(name, type_=audit_entries.c[name].type) for name in _OF_ALL),
        ),
    )
    .cte("kept")
)
RECORD_AUDITED = Query(_follows.add_cte(_happened, _kept))
"""The same where something of it is audited: nothing is done without its entry, nor the other way."""


NOW = Query(select(func.clock_timestamp()))
"""Not the transaction's beginning: it may have waited for a lock since."""


@dataclass(slots=True)
class PostgresTx:
    session: Session
    events: list[Event] = field(default_factory=list)

    def emit(self, *events: Event) -> None:
        self.events.extend(events)

    async def now(self) -> datetime:
        moment: datetime = await self.session.connection.value(NOW)
        return moment


@dataclass(frozen=True, slots=True)
class PostgresTransaction:
    database: Database
    session: Session
    reactions: Reactions
    wake: Wake

    @asynccontextmanager
    async def __call__(self, actor: Actor, *, read_only: bool = False) -> AsyncIterator[PostgresTx]:
        if (outer := self.session.outer) is not None:
            if actor != self.session.connection.actor:
                raise RuntimeError("a part of a transaction is its actor's own")
            async with self._within(outer):
                yield outer
            return
        if self.session.opened is not None:
            raise RuntimeError("transactions do not nest")
        tx = PostgresTx(self.session)
        planned: list[JobId] = []
        try:
            async with self.database.transaction(actor, read_only=read_only) as connection:
                self.session.opened = connection
                yield tx
                if tx.events:
                    planned = await self._record(actor, tx.events)
        finally:
            self.session.opened = None
        if planned:
            await self.wake(planned)

    @asynccontextmanager
    async def _within(self, outer: PostgresTx) -> AsyncIterator[None]:
        """What fails leaves the outer one as it was before, to go on or to be given up."""
        told, self.session.outer = len(outer.events), None
        try:
            async with savepoint(self.session.connection):
                yield
        except BaseException:
            del outer.events[told:]
            raise
        finally:
            self.session.outer = outer

    async def _record(self, actor: Actor, happened: list[Event]) -> list[JobId]:
        follows = [
            (JobId(uuid4()), kind, event.id)
            for event in happened
            for kind in self.reactions.get(type(event), ())
        ]
        told: dict[str, Any] = {
            "by": None if actor.user_id == NOBODY else actor.user_id,
            "request": actor.request_id or None,
            "new_events": _json([_row(event) for event in happened]),
            "new_jobs": _json(
                [{"id": it, "kind": kind, "cause": cause} for it, kind, cause in follows]
            ),
        }
        if entries := [it for event in happened if (it := entry_of(actor, event))]:
            told |= {name: getattr(entries[0], name) for name in _OF_ALL}
            told["new_entries"] = _json(
                [{name: getattr(it, name) for name in _OF_EACH} for it in entries]
            )
        await self.session.connection.run(RECORD_AUDITED if entries else RECORD, **told)
        return [job_id for job_id, _, _ in follows]


def _json(rows: list[dict[str, Any]]) -> str:
    return msgspec.json.encode(rows).decode()


def _row(event: Event) -> dict[str, Any]:
    """In the payload is what no column has."""
    payload = msgspec.to_builtins(event)
    event_id = payload.pop("id")
    return {"id": event_id, "name": type(event).__name__, "payload": payload, "at": event.at}


BINDINGS: Bindings = (
    Binding[Transaction](PostgresTransaction),
    Binding[Step](PostgresTransaction),
)
