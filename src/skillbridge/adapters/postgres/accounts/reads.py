"""What accounts show, from PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Text, and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from skillbridge.adapters.postgres.accounts.tables import profiles, sign_ins, users
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Read
from skillbridge.application.accounts.views import Account, Me
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import NotFound
from skillbridge.domain.ids import SessionId, TenantId

_living = users.c.deleted_at.is_(None)
_here = users.c.tenant_id == bindparam("tenant")

ME = Read(
    select(
        users.c.id,
        users.c.email,
        users.c.roles,
        profiles.c.name,
        profiles.c.bio,
        profiles.c.country,
        profiles.c.time_zone,
        profiles.c.languages,
        profiles.c.skills,
        profiles.c.availability,
        profiles.c.version,
    )
    .join(profiles, profiles.c.user_id == users.c.id)
    .where(_here, _living, users.c.id == bindparam("owner"))
)
_accounts = (
    select(
        users.c.id,
        users.c.email,
        func.coalesce(profiles.c.name, "").label("name"),
        users.c.roles,
        users.c.email_verified_at.is_not(None).label("verified"),
        users.c.disabled_at.is_not(None).label("disabled"),
    )
    .outerjoin(
        profiles,
        and_(profiles.c.user_id == users.c.id, profiles.c.tenant_id == users.c.tenant_id),
    )
    .where(_here, _living)
    .limit(bindparam("most"))
)
NEWEST = Read(_accounts.order_by(users.c.created_at.desc(), users.c.id.desc()))
_words = func.lower(bindparam("words", type_=Text))
SEARCH = Read(
    _accounts.where(
        or_(
            func.strpos(users.c.email, _words) > 0,
            func.strpos(func.lower(profiles.c.name), _words) > 0,
        )
    )
    .where(users.c.email > bindparam("after", type_=Text))
    .order_by(users.c.email)
)
ENDED = Read(
    select(sign_ins.c.id)
    .where(sign_ins.c.tenant_id == bindparam("tenant"))
    .where(sign_ins.c.id == any_(bindparam("asked", type_=ARRAY(UUID))))
    .where(sign_ins.c.revoked_at.is_not(None))
)


@dataclass(frozen=True, slots=True)
class PostgresEndedSignIns:
    database: Database

    async def among(
        self, tenant_id: TenantId, session_ids: Collection[SessionId]
    ) -> frozenset[SessionId]:
        anonymous = Actor.pre_authentication(tenant_id)
        rows = await self.database.read(anonymous, ENDED, tenant=tenant_id, asked=list(session_ids))
        return frozenset(SessionId(row["id"]) for row in rows)


@dataclass(frozen=True, slots=True)
class PostgresProfileReads:
    database: Database

    async def me(self, actor: Actor) -> Me:
        row = await self.database.read_one(actor, ME, tenant=actor.tenant_id, owner=actor.user_id)
        if row is None:
            raise NotFound("this account has no profile")
        return msgspec.convert(dict(row), Me)


@dataclass(frozen=True, slots=True)
class PostgresAccountReads:
    database: Database

    async def newest(self, actor: Actor, *, limit: int) -> Sequence[Account]:
        rows = await self.database.read(actor, NEWEST, tenant=actor.tenant_id, most=limit)
        return [msgspec.convert(dict(row), Account) for row in rows]

    async def search(
        self, actor: Actor, words: str, *, after: str, limit: int
    ) -> Sequence[Account]:
        rows = await self.database.read(
            actor, SEARCH, tenant=actor.tenant_id, words=words, after=after, most=limit
        )
        return [msgspec.convert(dict(row), Account) for row in rows]
