"""Tokens of programs in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import (
    DateTime,
    LargeBinary,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.accounts.tables import api_tokens as tokens
from skillbridge.adapters.postgres.engine.advisory_locks import HOLD_SERVICES
from skillbridge.adapters.postgres.engine.clauses import called, here
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.application.accounts.ports.api_tokens import ApiTokenReads, ApiTokens
from skillbridge.application.accounts.views import ApiTokenView
from skillbridge.application.ports.access_tokens import Claims
from skillbridge.application.ports.api_tokens import USED_EVERY, Held, HeldTokens, ParsedToken
from skillbridge.domain.accounts.api_token import ApiToken
from skillbridge.domain.actor import NOBODY, Actor, PrincipalKind, Role
from skillbridge.domain.ids import ApiTokenId, SessionId, TenantId, UserId

_moment = bindparam("moment", type_=DateTime(timezone=True))
_not_ended = (here(tokens), tokens.c.revoked_at.is_(None))
_ended = (
    update(tokens)
    .where(*_not_ended)
    .values(revoked_at=_moment, expires_at=func.least(tokens.c.expires_at, _moment))
)

ADD = Query(
    called(
        "add_api_token",
        *("id", "user_id", "name", "hash", "scopes", "created_at", "expires_at"),
    )
)
LIVING = Query(called("api_tokens_of", "user_id", "moment"))
END = Query(called("end_api_tokens", "user_id", "moment", "name"))
_of_service = tokens.c.user_id.is_(None)
LIVING_OF_SERVICES = Query(
    select(tokens).where(*_not_ended, _of_service, tokens.c.expires_at > _moment)
)
END_OF_SERVICE = Query(
    _ended.where(_of_service, tokens.c.name == bindparam("name")).returning(tokens.c.id)
)
END_EVERYBODYS = Query(_ended)
_over = (
    select(tokens.c.id)
    .where(here(tokens), tokens.c.expires_at <= _moment)
    .order_by(tokens.c.expires_at)
    .limit(bindparam("most"))
)
FORGET = Query(delete(tokens).where(here(tokens), tokens.c.id.in_(_over)))
OWN = Read(
    select(text("*")).select_from(
        func.app.api_tokens_of(bindparam("user_id"), func.clock_timestamp())
    )
)
OF_SERVICES = Read(
    select(tokens)
    .where(*_not_ended, _of_service, tokens.c.expires_at > func.clock_timestamp())
    .order_by(tokens.c.name)
)
HOLDING = Read(
    select(text("*")).select_from(func.app.holding(bindparam("asked", type_=LargeBinary)))
)
USED = Query(called("use_api_token", "id", "moment", "seldom"))


@dataclass(frozen=True, slots=True)
class PostgresApiTokens:
    session: Session

    async def living(self, user_id: UserId, *, at: datetime) -> Sequence[ApiToken]:
        rows = await self.session.connection.rows(LIVING, user_id=user_id, moment=at)
        return [msgspec.convert(dict(row), ApiToken) for row in rows]

    async def add(self, token: ApiToken) -> None:
        await self.session.connection.run(ADD, token, scopes=sorted(token.scopes))

    async def end(self, user_id: UserId, name: str, *, at: datetime) -> ApiTokenId | None:
        asked = {"user_id": user_id, "name": name, "moment": at}
        found = await self.session.connection.value(END, **asked)
        return None if found is None else ApiTokenId(found)

    async def end_all(self, user_id: UserId, *, at: datetime) -> Sequence[ApiTokenId]:
        rows = await self.session.connection.rows(END, user_id=user_id, moment=at, name=None)
        return [ApiTokenId(row["id"]) for row in rows]

    async def living_of_services(self, *, at: datetime) -> Sequence[ApiToken]:
        await self.session.connection.run(HOLD_SERVICES)
        rows = await self.session.connection.rows(LIVING_OF_SERVICES, moment=at)
        return [msgspec.convert(dict(row), ApiToken) for row in rows]

    async def end_of_service(self, name: str, *, at: datetime) -> ApiTokenId | None:
        found = await self.session.connection.value(END_OF_SERVICE, name=name, moment=at)
        return None if found is None else ApiTokenId(found)

    async def end_everybodys(self, *, at: datetime) -> int:
        return await self.session.connection.run(END_EVERYBODYS, moment=at)

    async def forget(self, before: datetime, *, limit: int) -> int:
        return await self.session.connection.run(FORGET, moment=before, most=limit)


@dataclass(frozen=True, slots=True)
class PostgresApiTokenReads:
    database: Database

    async def of(self, actor: Actor) -> Sequence[ApiTokenView]:
        rows = await self.database.read(actor.before_authentication, OWN, user_id=actor.user_id)
        return [msgspec.convert(dict(row), ApiTokenView) for row in rows]

    async def of_services(self, actor: Actor) -> Sequence[ApiTokenView]:
        rows = await self.database.read(actor, OF_SERVICES)
        return [msgspec.convert(dict(row), ApiTokenView) for row in rows]


@dataclass(frozen=True, slots=True)
class PostgresHeldTokens:
    database: Database

    async def holding(self, shown: ParsedToken) -> Held | None:
        anybody = Actor.person(NOBODY, shown.tenant_id, frozenset())
        row = await self.database.read_one(anybody, HOLDING, asked=shown.hash)
        if row is None:
            return None
        nobodys = row["user_id"] is None
        claims = Claims(
            NOBODY if nobodys else UserId(row["user_id"]),
            shown.tenant_id,
            SessionId(row["id"]),
            frozenset(map(Role, row["roles"] or ())),
            row["expires_at"],
            only=frozenset(row["scopes"]),
            principal_kind=PrincipalKind.SERVICE if nobodys else PrincipalKind.PERSON,
        )
        return Held(claims, row["last_used_at"])

    async def used(self, tenant_id: TenantId, token_id: ApiTokenId, *, at: datetime) -> None:
        async with self.database.transaction(Actor.pre_authentication(tenant_id)) as connection:
            await connection.run(USED, id=token_id, moment=at, seldom=USED_EVERY)


BINDINGS: Bindings = (
    Binding[ApiTokens](PostgresApiTokens),
    Binding[ApiTokenReads](PostgresApiTokenReads),
    Binding[HeldTokens](PostgresHeldTokens, singleton=True),
)
