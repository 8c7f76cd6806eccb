"""Rows past their term in PostgreSQL, by the schedule of the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy import Table as SqlTable

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.personal_data.register import tables
from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.ddl import metadata
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.application.privacy.ports import Retention
from skillbridge.application.privacy.views import Term


@dataclass(frozen=True, slots=True)
class PostgresRetention:
    session: Session

    def terms(self) -> Sequence[Term]:
        return [
            Term(name, age.days, age.since, age.where, age.by)
            for name, one in tables().items()
            for age in one.retention
        ]

    async def due(self, term: Term, at: datetime) -> int:
        before = at - timedelta(days=term.days)
        return int(await self.session.connection.value(counting(term), before=before))

    async def forget(self, term: Term, at: datetime, *, limit: int) -> int:
        before = at - timedelta(days=term.days)
        return await self.session.connection.run(forgetting(term), before=before, most=limit)


@cache
def counting(term: Term) -> Query:
    table = metadata.tables[term.table]
    return Query(select(func.count()).select_from(table).where(_past(term, table)))


@cache
def forgetting(term: Term) -> Query:
    table = metadata.tables[term.table]
    key = list(table.primary_key.columns)
    oldest = (
        select(*key)
        .where(_past(term, table))
        .order_by(table.c[term.since])
        .limit(bindparam("most"))
    )
    return Query(delete(table).where(here(table), tuple_(*key).in_(oldest)))


def _past(term: Term, table: SqlTable) -> ColumnElement[bool]:
    before = bindparam("before", type_=DateTime(timezone=True))
    old = and_(here(table), table.c[term.since] < before)
    return and_(old, literal_column(f"({term.where})", Boolean)) if term.where else old


BINDINGS: Bindings = (Binding[Retention](PostgresRetention),)
