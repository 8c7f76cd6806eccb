"""Passkeys and answered challenges in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import DateTime, bindparam, delete, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.accounts.tables import spent_challenges
from skillbridge.adapters.postgres.engine.clauses import called, here
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.application.accounts.ports.passkeys import PasskeyReads, Passkeys, SpentChallenges
from skillbridge.application.accounts.views import PasskeyView, passkey_view
from skillbridge.domain.accounts.passkey import Ceremony, Passkey, PasskeyTaken, UnknownPasskey
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import PasskeyId, UserId

ADD = Query(
    called(
        "add_passkey",
        *("id", "user_id", "credential_id", "public_key", "sign_count"),
        *("synced", "name", "created_at"),
    )
)
WITH_CREDENTIAL = Query(called("passkey_of", "credential"))
OF = Query(called("passkeys_of", "user_id"))
OWN = Read(called("passkeys_of", "user_id"))
SAVE = Query(called("save_passkey", "that", "name", "sign_count", "last_used_at"))
REMOVE = Query(called("remove_passkey", "that"))

SPEND = Query(called("spend_challenge", "nonce", "expires_at"))
_over = (
    select(spent_challenges.c.nonce)
    .where(
        here(spent_challenges),
        spent_challenges.c.expires_at <= bindparam("before", type_=DateTime(timezone=True)),
    )
    .order_by(spent_challenges.c.expires_at)
    .limit(bindparam("most"))
)
FORGET = Query(
    delete(spent_challenges).where(here(spent_challenges), spent_challenges.c.nonce.in_(_over))
)


@dataclass(frozen=True, slots=True)
class PostgresPasskeys:
    session: Session

    async def add(self, passkey: Passkey) -> None:
        try:
            await self.session.connection.run(ADD, passkey)
        except asyncpg.UniqueViolationError as error:
            raise PasskeyTaken from error

    async def with_credential(self, credential_id: bytes) -> Passkey | None:
        row = await self.session.connection.row(WITH_CREDENTIAL, credential=credential_id)
        return None if row is None else _read(row)

    async def of(self, user_id: UserId) -> Sequence[Passkey]:
        return [_read(row) for row in await self.session.connection.rows(OF, user_id=user_id)]

    async def save(self, passkey: Passkey) -> None:
        await self.session.connection.run(SAVE, passkey, that=passkey.id)

    async def remove(self, passkey: Passkey) -> None:
        await self.session.connection.run(REMOVE, that=passkey.id)


@dataclass(frozen=True, slots=True)
class PostgresSpentChallenges:
    session: Session

    async def spend(self, ceremony: Ceremony) -> bool:
        return bool(await self.session.connection.run(SPEND, ceremony))

    async def forget(self, before: datetime, *, limit: int) -> int:
        return await self.session.connection.run(FORGET, before=before, most=limit)


@dataclass(frozen=True, slots=True)
class PostgresPasskeyReads:
    database: Database

    async def of(self, actor: Actor) -> Sequence[PasskeyView]:
        rows = await self.database.read(actor.before_authentication, OWN, user_id=actor.user_id)
        return [passkey_view(_read(row)) for row in rows]

    async def one(self, actor: Actor, passkey_id: PasskeyId) -> PasskeyView:
        found = [one for one in await self.of(actor) if one.id == passkey_id]
        if not found:
            raise UnknownPasskey
        return found[0]


def _read(row: asyncpg.Record) -> Passkey:
    return msgspec.convert(dict(row), Passkey)


BINDINGS: Bindings = (
    Binding[Passkeys](PostgresPasskeys),
    Binding[SpentChallenges](PostgresSpentChallenges),
    Binding[PasskeyReads](PostgresPasskeyReads),
)
