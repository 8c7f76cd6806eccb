"""Seals and months of the audit trail in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Uuid,
    bindparam,
    column,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.audit.columns import WRITTEN, written
from skillbridge.adapters.postgres.engine.clauses import TENANT, here
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.kernel.tables import audit_entries, audit_heads
from skillbridge.application.audit.ports import Months, Seals
from skillbridge.domain.audit.chain import NONE, Seal, Sealed, Written
from skillbridge.domain.errors import StaleWrite

_unsealed = audit_entries.c.n.is_(None)
LOCK_HEAD = Query(
    select(audit_heads.c.n, audit_heads.c.hash).where(here(audit_heads)).with_for_update()
)
BEGIN = Query(
    insert(audit_heads).values(tenant_id=TENANT, n=NONE.n, hash=NONE.hash).on_conflict_do_nothing()
)
WAITING = Query(
    select(*WRITTEN)
    .where(here(audit_entries), _unsealed)
    .order_by(audit_entries.c.at, audit_entries.c.id)
    .limit(bindparam("most"))
)
_seals = (
    func.unnest(
        bindparam("ids", type_=ARRAY(Uuid)),
        bindparam("times", type_=ARRAY(DateTime(timezone=True))),
        bindparam("places", type_=ARRAY(BigInteger)),
        bindparam("hashes", type_=ARRAY(LargeBinary)),
    )
    .table_valued("id", "at", "n", "hash")
    .render_derived("seals")
)
SEAL = Query(
    update(audit_entries)
    .where(
        here(audit_entries),
        audit_entries.c.at == _seals.c.at,
        audit_entries.c.id == _seals.c.id,
        _unsealed,
    )
    .values(n=_seals.c.n, hash=_seals.c.hash, sealed_at=bindparam("moment"))
)
MOVE_HEAD = Query(
    update(audit_heads).where(here(audit_heads)).values(n=bindparam("n"), hash=bindparam("hash"))
)
PREPARE = Query(
    select(
        func.app.prepare_audit(bindparam("today", type_=Date), bindparam("ahead", type_=Integer))
    )
)
RETIRE = Query(
    select(column("month")).select_from(func.app.retire_audit(bindparam("before", type_=Date)))
)


@dataclass(frozen=True, slots=True)
class PostgresSeals:
    session: Session

    async def hold(self) -> Seal:
        row = await self.session.connection.row(LOCK_HEAD)
        if row is None:
            await self.session.connection.run(BEGIN)
            row = await self.session.connection.row(LOCK_HEAD)
        assert row is not None
        return Seal(*row)

    async def waiting(self, limit: int) -> Sequence[Written]:
        return [written(row) for row in await self.session.connection.rows(WAITING, most=limit)]

    async def put(self, sealed: Sequence[Sealed]) -> None:
        done = await self.session.connection.run(
            SEAL,
            ids=[one.written.entry.id for one in sealed],
            times=[one.written.at for one in sealed],
            places=[one.seal.n for one in sealed],
            hashes=[one.seal.hash for one in sealed],
            moment=sealed[-1].at,
        )
        if done != len(sealed):
            raise StaleWrite("entries were sealed by somebody else, who did not hold the head")
        last = sealed[-1].seal
        await self.session.connection.run(MOVE_HEAD, n=last.n, hash=last.hash)


@dataclass(frozen=True, slots=True)
class PostgresMonths:
    session: Session

    async def prepare(self, today: date, ahead: int) -> None:
        await self.session.connection.rows(PREPARE, today=today, ahead=ahead)

    async def retire(self, before: date) -> Sequence[str]:
        return [row[0] for row in await self.session.connection.rows(RETIRE, before=before)]


BINDINGS: Bindings = (
    Binding[Seals](PostgresSeals),
    Binding[Months](PostgresMonths),
)
