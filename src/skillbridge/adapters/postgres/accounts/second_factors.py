"""Second factors in PostgreSQL."""

from dataclasses import dataclass

import asyncpg

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import called
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.application.accounts.ports.second_factors import SecondFactorReads, SecondFactors
from skillbridge.application.accounts.views import SecondFactorState, state_of
from skillbridge.domain.accounts.second_factor import FactorKind, SecondFactor
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId

_VALUES = ("sealed_secret", "confirmed_at", "last_step", "recovery_codes", "kind", "same_mailbox")
PEEK = Query(called("second_factor", "user_id"))
LOCK = Query(called("lock_second_factor", "user_id"))
PUT = Query(called("put_second_factor", "user_id", *_VALUES))
STATE = Read(called("second_factor", "user_id"))
REMOVE = Query(called("remove_second_factor", "user_id"))


@dataclass(frozen=True, slots=True)
class PostgresSecondFactors:
    session: Session

    async def of(self, user_id: UserId) -> SecondFactor | None:
        return _read(await self.session.connection.row(LOCK, user_id=user_id))

    async def peek(self, user_id: UserId) -> SecondFactor | None:
        return _read(await self.session.connection.row(PEEK, user_id=user_id))

    async def put(self, factor: SecondFactor) -> None:
        codes = sorted(factor.recovery_codes)
        await self.session.connection.run(PUT, factor, recovery_codes=codes)

    async def remove(self, user_id: UserId) -> None:
        await self.session.connection.run(REMOVE, user_id=user_id)


@dataclass(frozen=True, slots=True)
class PostgresSecondFactorReads:
    database: Database

    async def of(self, actor: Actor) -> SecondFactorState:
        rows = await self.database.read(actor.before_authentication, STATE, user_id=actor.user_id)
        return state_of(_read(rows[0]) if rows else None)


def _read(row: asyncpg.Record | None) -> SecondFactor | None:
    if row is None:
        return None
    values = {name: row[name] for name in _VALUES}
    codes, kind = frozenset(values.pop("recovery_codes")), FactorKind(values.pop("kind"))
    return SecondFactor(UserId(row["user_id"]), recovery_codes=codes, kind=kind, **values)


BINDINGS: Bindings = (
    Binding[SecondFactors](PostgresSecondFactors),
    Binding[SecondFactorReads](PostgresSecondFactorReads),
)
