"""What waits to become an account, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import DateTime, bindparam, delete, select, update

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.accounts.tables import registrations
from skillbridge.adapters.postgres.engine.clauses import add, here
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.application.accounts.ports.users import Registrations
from skillbridge.domain.accounts.one_time_proof import TRIES
from skillbridge.domain.accounts.registration import Registration
from skillbridge.domain.ids import RegistrationId

_moment = bindparam("moment", type_=DateTime(timezone=True))

ADD = Query(add(registrations, "id", "email", "password_hash", "name", "expires_at"))
GET = Query(select(registrations).where(here(registrations), registrations.c.id == bindparam("id")))
OF_ADDRESS = Query(
    select(registrations)
    .where(here(registrations), registrations.c.email == bindparam("email"))
    .where(registrations.c.expires_at > _moment)
    .order_by(registrations.c.expires_at.desc())
    .limit(bindparam("most"))
)
_one = registrations.alias()
_newest = (
    select(_one.c.id)
    .where(here(_one), _one.c.email == bindparam("email"), _one.c.expires_at > _moment)
    .order_by(_one.c.expires_at.desc())
    .limit(1)
)
GUESS = Query(
    update(registrations)
    .where(here(registrations), registrations.c.tries < TRIES)
    .where(registrations.c.id == _newest.scalar_subquery())
    .values(tries=registrations.c.tries + 1)
    .returning(*registrations.c)
)
END = Query(
    delete(registrations)
    .where(here(registrations), registrations.c.email == bindparam("email"))
    .returning(registrations.c.id)
)
_over = (
    select(registrations.c.id)
    .where(here(registrations), registrations.c.expires_at <= _moment)
    .order_by(registrations.c.expires_at)
    .limit(bindparam("most"))
)
FORGET = Query(delete(registrations).where(here(registrations), registrations.c.id.in_(_over)))


@dataclass(frozen=True, slots=True)
class PostgresRegistrations:
    session: Session

    async def add(self, registration: Registration) -> None:
        await self.session.connection.run(ADD, registration)

    async def get(self, registration_id: RegistrationId) -> Registration | None:
        row = await self.session.connection.row(GET, id=registration_id)
        return None if row is None else _read(row)

    async def of_address(self, email: str, *, at: datetime, limit: int) -> Sequence[Registration]:
        rows = await self.session.connection.rows(OF_ADDRESS, email=email, moment=at, most=limit)
        return [_read(row) for row in rows]

    async def guess(self, email: str, *, at: datetime) -> Registration | None:
        row = await self.session.connection.row(GUESS, email=email, moment=at)
        return None if row is None else _read(row)

    async def end(self, email: str) -> Sequence[RegistrationId]:
        rows = await self.session.connection.rows(END, email=email)
        return [RegistrationId(row["id"]) for row in rows]

    async def forget(self, before: datetime, *, limit: int) -> int:
        return await self.session.connection.run(FORGET, moment=before, most=limit)


def _read(row: asyncpg.Record) -> Registration:
    return msgspec.convert(dict(row), Registration)


BINDINGS: Bindings = (Binding[Registrations](PostgresRegistrations),)
