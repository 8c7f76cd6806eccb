"""Identities of others, and what was begun at their providers, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import DateTime, bindparam, delete, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.accounts.tables import authorization_requests as requests
from skillbridge.adapters.postgres.engine.clauses import called, here
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.application.accounts.ports.identities import (
    AuthorizationRequests,
    Identities,
    IdentityReads,
)
from skillbridge.application.accounts.views import IdentityView
from skillbridge.domain.accounts.authorization import AuthorizationRequest
from skillbridge.domain.accounts.identity import Identity
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import AuthorizationId, IdentityId, UserId

ADD = Query(called("add_identity", "id", "user_id", "issuer", "subject", "created_at"))
FOUND = Query(called("identity", "issuer", "subject"))
OF = Query(called("identities_of", "user_id"))
SHOWN = Read(called("identities_of", "user_id"))
REMOVE = Query(called("remove_identity", "id"))

_moment = bindparam("moment", type_=DateTime(timezone=True))
BEGIN = Query(
    called(
        "begin_authorization",
        *("id", "provider", "binding", "user_id", "return_to", "expires_at"),
        *("pace", "asked_again_at"),
    )
)
GET = Query(called("authorization_request", "id"))
TAKE = Query(called("take_authorization", "id", "provider", "binding", "user_id", "moment"))
HOLD = Query(called("hold_authorization", "id", "moment", "until"))
LET_GO = Query(called("let_go_authorization", "id", "slow", "until"))
_over = (
    select(requests.c.id)
    .where(here(requests), requests.c.expires_at <= _moment)
    .order_by(requests.c.expires_at)
    .limit(bindparam("most"))
)
FORGET = Query(delete(requests).where(here(requests), requests.c.id.in_(_over)))


@dataclass(frozen=True, slots=True)
class PostgresIdentities:
    session: Session

    async def add(self, identity: Identity) -> bool:
        return bool(await self.session.connection.run(ADD, identity))

    async def found(self, issuer: str, subject: str) -> Identity | None:
        row = await self.session.connection.row(FOUND, issuer=issuer, subject=subject)
        return None if row is None else _identity(row)

    async def of(self, user_id: UserId) -> Sequence[Identity]:
        return [_identity(row) for row in await self.session.connection.rows(OF, user_id=user_id)]

    async def remove(self, identity_id: IdentityId) -> None:
        await self.session.connection.run(REMOVE, id=identity_id)


@dataclass(frozen=True, slots=True)
class PostgresIdentityReads:
    database: Database

    async def of(self, actor: Actor) -> Sequence[IdentityView]:
        rows = await self.database.read(actor.before_authentication, SHOWN, user_id=actor.user_id)
        return [
            IdentityView(IdentityId(row["id"]), row["issuer"], row["subject"], row["created_at"])
            for row in rows
        ]


@dataclass(frozen=True, slots=True)
class PostgresAuthorizationRequests:
    session: Session

    async def add(self, request: AuthorizationRequest) -> None:
        await self.session.connection.run(BEGIN, request)

    async def get(self, request_id: AuthorizationId) -> AuthorizationRequest | None:
        row = await self.session.connection.row(GET, id=request_id)
        return None if row is None else AuthorizationRequest(**row)

    async def take(
        self,
        request_id: AuthorizationId,
        provider: str,
        binding: bytes,
        user_id: UserId | None,
        *,
        at: datetime,
    ) -> bool:
        asked = {"id": request_id, "provider": provider, "binding": binding, "user_id": user_id}
        return bool(await self.session.connection.run(TAKE, **asked, moment=at))

    async def hold(self, request_id: AuthorizationId, *, at: datetime, until: datetime) -> bool:
        held = await self.session.connection.run(HOLD, id=request_id, moment=at, until=until)
        return bool(held)

    async def let_go(self, request_id: AuthorizationId, pace: int, *, until: datetime) -> None:
        await self.session.connection.run(LET_GO, id=request_id, slow=pace, until=until)

    async def forget(self, before: datetime, *, limit: int) -> int:
        return await self.session.connection.run(FORGET, moment=before, most=limit)


def _identity(row: asyncpg.Record) -> Identity:
    return msgspec.convert(dict(row), Identity)


BINDINGS: Bindings = (
    Binding[Identities](PostgresIdentities),
    Binding[IdentityReads](PostgresIdentityReads),
    Binding[AuthorizationRequests](PostgresAuthorizationRequests),
)
