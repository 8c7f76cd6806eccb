"""What waits to become an account, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import DateTime, bindparam, delete, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.accounts.tables import registrations
from skillbridge.adapters.postgres.engine.clauses import called, here
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.application.accounts.ports.users import Registrations
from skillbridge.domain.accounts.registration import Registration
from skillbridge.domain.ids import RegistrationId

_moment = bindparam("moment", type_=DateTime(timezone=True))

ADD = Query(
    called("add_registration", "id", "email", "password_hash", "name", "expires_at", "mailed")
)
GET = Query(called("registration", "id"))
OF_ADDRESS = Query(called("registrations_of", "email", "moment", "most"))
GUESS = Query(called("guess_registration", "email", "moment"))
END = Query(called("end_registrations", "email"))
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
