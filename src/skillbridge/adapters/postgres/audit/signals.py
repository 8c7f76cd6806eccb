"""Security signals in the audit trail of PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, bindparam, cast, func, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.kernel.tables import audit_entries
from skillbridge.application.audit.ports import RaisedSignals, SignalReads, Told
from skillbridge.application.audit.views import SignalCount
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.audit import AdministratorsWarned, SecuritySignalRaised

_entry = audit_entries.c
_kind = _entry.details["kind"].astext.label("kind")
_raised = here(audit_entries), _entry.action == SecuritySignalRaised.__name__
LAST_TOLD = Query(
    select(_entry.at, cast(_entry.details["through"].astext, BigInteger))
    .where(here(audit_entries), _entry.action == AdministratorsWarned.__name__)
    .order_by(_entry.at.desc(), _entry.id.desc())
    .limit(1)
)
AFTER = Query(
    select(_kind, func.count())
    .where(*_raised, _entry.n > bindparam("after_n", type_=BigInteger))
    .group_by("kind")
)
COUNTS = Read(
    select(_kind, func.count().label("raised"), func.max(_entry.at).label("newest"))
    .where(*_raised, _entry.at >= bindparam("since", type_=DateTime(timezone=True)))
    .group_by("kind")
    .order_by("kind")
)


@dataclass(frozen=True, slots=True)
class PostgresRaisedSignals:
    session: Session

    async def last_told(self) -> Told | None:
        row = await self.session.connection.row(LAST_TOLD)
        return None if row is None else Told(*row)

    async def after(self, n: int) -> Mapping[str, int]:
        return {row[0]: row[1] for row in await self.session.connection.rows(AFTER, after_n=n)}


@dataclass(frozen=True, slots=True)
class PostgresSignalReads:
    database: Database

    async def counts(self, actor: Actor, since: datetime) -> Sequence[SignalCount]:
        return [SignalCount(*row) for row in await self.database.read(actor, COUNTS, since=since)]


BINDINGS: Bindings = (
    Binding[RaisedSignals](PostgresRaisedSignals),
    Binding[SignalReads](PostgresSignalReads),
)
