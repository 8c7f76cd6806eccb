"""Sealed values in PostgreSQL, whichever table they are in."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, LargeBinary, Uuid, any_, bindparam, column, func, select, update
from sqlalchemy import table as named

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.application.ports.field_encryption import (
    KEY_ID,
    SealedColumn,
    SealedRow,
    SealedRows,
)
from skillbridge.application.sealed_columns import SEALED_COLUMNS


@dataclass(frozen=True, slots=True)
class Statements:
    """Of one column."""

    sealed_by: Query
    move: Query


def _statements(of: SealedColumn) -> Statements:
    columns = [column(of.column, LargeBinary), column(of.row, Uuid), column("tenant_id", Uuid)]
    new = {of.column: bindparam("new", type_=LargeBinary)}
    if of.index is not None:
        columns.append(column(of.index, LargeBinary))
        new[of.index] = bindparam("new_index", type_=LargeBinary)
    rows = named(of.table, *columns)
    sealed, row = rows.c[of.column], rows.c[of.row]
    keys = bindparam("keys", type_=ARRAY(LargeBinary))
    return Statements(
        Query(
            select(row.label("id"), sealed.label("sealed"))
            .where(here(rows), func.substr(sealed, 1, KEY_ID) == any_(keys))
            .limit(bindparam("most"))
        ),
        Query(
            update(rows)
            .where(here(rows), row == bindparam("id"))
            .where(sealed == bindparam("old", type_=LargeBinary))
            .values(new)
        ),
    )


STATEMENTS = {one: _statements(one) for one in SEALED_COLUMNS}


@dataclass(frozen=True, slots=True)
class PostgresSealedRows:
    session: Session

    async def sealed_by(
        self, column: SealedColumn, keys: Sequence[bytes], *, limit: int
    ) -> Sequence[SealedRow]:
        asked = STATEMENTS[column].sealed_by
        rows = await self.session.connection.rows(asked, keys=list(keys), most=limit)
        return [SealedRow(row["id"], row["sealed"]) for row in rows]

    async def move(
        self, column: SealedColumn, row: SealedRow, sealed: bytes, index: bytes | None
    ) -> None:
        new = {"new": sealed} if index is None else {"new": sealed, "new_index": index}
        await self.session.connection.run(STATEMENTS[column].move, id=row.id, old=row.sealed, **new)


BINDINGS: Bindings = (Binding[SealedRows](PostgresSealedRows),)
