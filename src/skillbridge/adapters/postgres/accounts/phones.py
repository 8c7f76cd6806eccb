"""Phones in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import called
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.application.accounts.ports.phones import PhoneReads, Phones
from skillbridge.domain.accounts.phone import Phone
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId

OF = Query(called("phone", "user_id", "confirmed"))
OWN = Read(called("phone", "user_id", "confirmed"))
PUT = Query(called("put_phone", "id", "user_id", "sealed_number", "number_index"))
CONFIRM = Query(called("confirm_phone", "id", "user_id", "indexes", "most", "moment"))
REMOVE = Query(called("remove_phones", "user_id"))
BEGIN_TEXT = Query(called("begin_text", "id", "text_id", "text_state"))
END_TEXT = Query(called("end_text", "id", "text_id", "text_state"))


@dataclass(frozen=True, slots=True)
class PostgresPhones:
    session: Session

    async def of(self, user_id: UserId, *, verified: bool) -> Phone | None:
        row = await self.session.connection.row(OF, user_id=user_id, confirmed=verified)
        return None if row is None else _made(row)

    async def put(self, phone: Phone) -> None:
        await self.session.connection.run(PUT, phone)

    async def confirm(
        self, phone: Phone, indexes: tuple[bytes, ...], *, most: int, at: datetime
    ) -> bool:
        asked = {"id": phone.id, "user_id": phone.user_id, "indexes": list(indexes)}
        return bool(await self.session.connection.run(CONFIRM, **asked, most=most, moment=at))

    async def remove(self, user_id: UserId) -> None:
        await self.session.connection.run(REMOVE, user_id=user_id)

    async def begin_text(self, phone: Phone) -> None:
        await self.session.connection.run(BEGIN_TEXT, phone)

    async def end_text(self, phone: Phone) -> None:
        await self.session.connection.run(END_TEXT, phone)


@dataclass(frozen=True, slots=True)
class PostgresPhoneReads:
    database: Database

    async def of(self, actor: Actor) -> Sequence[Phone]:
        by = actor.before_authentication
        rows = await self.database.read(by, OWN, user_id=actor.user_id, confirmed=None)
        return [_made(row) for row in rows]


def _made(row: asyncpg.Record) -> Phone:
    return msgspec.convert(dict(row), Phone)


BINDINGS: Bindings = (Binding[Phones](PostgresPhones), Binding[PhoneReads](PostgresPhoneReads))
