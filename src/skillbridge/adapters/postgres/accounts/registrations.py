"""What waits to become an account, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from sqlalchemy import DateTime, bindparam, delete, func, insert, select

from skillbridge.adapters.postgres.accounts.tables import registrations
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.domain.accounts.registration import Registration
from skillbridge.domain.ids import RegistrationId, TenantId

_here = registrations.c.tenant_id == select(func.app.tenant_id()).scalar_subquery()
_moment = bindparam("moment", type_=DateTime(timezone=True))

ADD = Query(
    insert(registrations), ["id", "tenant_id", "email", "password_hash", "name", "expires_at"]
)
GET = Query(select(registrations).where(_here, registrations.c.id == bindparam("id_")))
OF_ADDRESS = Query(
    select(registrations)
    .where(_here, registrations.c.email == bindparam("address"))
    .where(registrations.c.expires_at > _moment)
    .order_by(registrations.c.expires_at.desc())
    .limit(bindparam("most"))
)
END = Query(
    delete(registrations)
    .where(_here, registrations.c.email == bindparam("address"))
    .returning(registrations.c.id)
)
_over = (
    select(registrations.c.id)
    .where(_here, registrations.c.expires_at <= _moment)
    .order_by(registrations.c.expires_at)
    .limit(bindparam("most"))
)
FORGET = Query(delete(registrations).where(_here, registrations.c.id.in_(_over)))


@dataclass(frozen=True, slots=True)
class PostgresRegistrations:
    session: Session

    async def add(self, registration: Registration) -> None:
        await self.session.connection.run(
            ADD,
            id=registration.id,
            tenant_id=registration.tenant_id,
            email=registration.email,
            password_hash=registration.password_hash,
            name=registration.name,
            expires_at=registration.expires_at,
        )

    async def get(self, registration_id: RegistrationId) -> Registration | None:
        row = await self.session.connection.row(GET, id_=registration_id)
        return None if row is None else _read(row)

    async def of_address(self, email: str, *, at: datetime, limit: int) -> Sequence[Registration]:
        rows = await self.session.connection.rows(OF_ADDRESS, address=email, moment=at, most=limit)
        return [_read(row) for row in rows]

    async def end(self, email: str) -> Sequence[RegistrationId]:
        rows = await self.session.connection.rows(END, address=email)
        return [RegistrationId(row["id"]) for row in rows]

    async def forget(self, before: datetime, *, limit: int) -> int:
        return await self.session.connection.run(FORGET, moment=before, most=limit)


def _read(row: asyncpg.Record) -> Registration:
    return Registration(
        id=RegistrationId(row["id"]),
        tenant_id=TenantId(row["tenant_id"]),
        email=row["email"],
        password_hash=row["password_hash"],
        name=row["name"],
        expires_at=row["expires_at"],
    )
