"""One-time proofs in PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Select,
    bindparam,
    delete,
    func,
    select,
    update,
)

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.accounts.tables import one_time_proofs as proofs
from skillbridge.adapters.postgres.engine.clauses import add, here
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.application.accounts.ports.proofs import OneTimeProofs
from skillbridge.domain.accounts.one_time_proof import TRIES, OneTimeProof, Purpose
from skillbridge.domain.ids import ProofId, UserId

_moment = bindparam("moment", type_=DateTime(timezone=True))
_unused = proofs.c.used_at.is_(None)
_open = (here(proofs), _unused, proofs.c.expires_at > _moment)
_whose = proofs.c.user_id == bindparam("user_id")

_new = add(proofs, "id", "purpose", "user_id", "expires_at", "email", "former_email")
REPLACE = Query(
    _new.on_conflict_do_update(
        index_elements=[proofs.c.tenant_id, proofs.c.user_id, proofs.c.purpose],
        index_where=_unused,
        set_={
            **{
                name: _new.excluded[name]
                for name in ("id", "expires_at", "email", "former_email", "tries")
            },
            "created_at": func.now(),
        },
        where=here(proofs),
    )
)
GET = Query(select(proofs).where(here(proofs), proofs.c.id == bindparam("id")))


def _guessable(table: FromClause, *more: ColumnElement[bool]) -> Select[tuple[ProofId]]:
    return select(table.c.id).where(
        here(table),
        table.c.used_at.is_(None),
        table.c.expires_at > _moment,
        table.c.purpose == bindparam("for_purpose"),
        table.c.tries < TRIES,
        *more,
    )


_one, _other = proofs.alias(), proofs.alias()
_own = _guessable(_one, _one.c.user_id == bindparam("user_id")).scalar_subquery()
_nobodys = _guessable(_other, _other.c.user_id.is_(None)).limit(1).scalar_subquery()
_counted = (
    update(proofs)
    .where(*_open, proofs.c.tries < TRIES)
    .values(tries=proofs.c.tries + 1)
    .returning(*proofs.c)
)
GUESS = Query(_counted.where(proofs.c.id == func.coalesce(_own, _nobodys)))
"""One statement, and one row written, whosever it is: time does not tell which."""
GUESS_AT = Query(_counted.where(proofs.c.id == bindparam("id")))
USE = Query(update(proofs).where(*_open, proofs.c.id == bindparam("id")).values(used_at=_moment))
END = Query(delete(proofs).where(here(proofs), _whose, _unused))
_over = (
    select(proofs.c.id)
    .where(here(proofs), proofs.c.expires_at <= _moment)
    .order_by(proofs.c.expires_at)
    .limit(bindparam("most"))
)
FORGET = Query(delete(proofs).where(here(proofs), proofs.c.id.in_(_over)))


@dataclass(frozen=True, slots=True)
class PostgresOneTimeProofs:
    session: Session

    async def replace(self, proof: OneTimeProof) -> None:
        await self.session.connection.run(REPLACE, proof)

    async def get(self, proof_id: ProofId) -> OneTimeProof | None:
        return _read(await self.session.connection.row(GET, id=proof_id))

    async def guess(
        self, purpose: Purpose, user_id: UserId, *, at: datetime
    ) -> OneTimeProof | None:
        return _read(
            await self.session.connection.row(
                GUESS, for_purpose=purpose, user_id=user_id, moment=at
            )
        )

    async def guess_at(self, proof_id: ProofId, *, at: datetime) -> OneTimeProof | None:
        return _read(await self.session.connection.row(GUESS_AT, id=proof_id, moment=at))

    async def use(self, proof_id: ProofId, *, at: datetime) -> bool:
        return bool(await self.session.connection.run(USE, id=proof_id, moment=at))

    async def end(self, user_id: UserId) -> int:
        return await self.session.connection.run(END, user_id=user_id)

    async def forget(self, before: datetime, *, limit: int) -> int:
        return await self.session.connection.run(FORGET, moment=before, most=limit)


def _read(row: asyncpg.Record | None) -> OneTimeProof | None:
    return None if row is None else msgspec.convert(dict(row), OneTimeProof)


BINDINGS: Bindings = (Binding[OneTimeProofs](PostgresOneTimeProofs),)
