"""What accounts show, from PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Text, and_, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from skillbridge.adapters.postgres.database import Database
from skillbridge.adapters.postgres.query import Query
from skillbridge.adapters.postgres.tables import profiles, users
from skillbridge.application.accounts.views import Account, Me
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import NotFound
from skillbridge.domain.ids import SessionId, TenantId

_living = users.c.deleted_at.is_(None)
_here = users.c.tenant_id == bindparam("tenant")

ME = Query(
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
NEWEST = Query(_accounts.order_by(users.c.created_at.desc(), users.c.id.desc()))
_words = func.lower(bindparam("words", type_=Text))
SEARCH = Query(
    _accounts.where(
        or_(
            func.strpos(users.c.email, _words) > 0,
            func.strpos(func.lower(profiles.c.name), _words) > 0,
        )
    )
    .where(users.c.email > bindparam("after", type_=Text))
    .order_by(users.c.email)
)
ENDED = Query(
    select(text("id")).select_from(
        func.app.read_ended_sign_ins(
            bindparam("reader", type_=UUID),
            bindparam("tenant", type_=UUID),
            bindparam("standing", type_=Text),
            bindparam("asked", type_=ARRAY(UUID)),
        )
    )
)


@dataclass(frozen=True, slots=True)
class PostgresEndedSignIns:
    database: Database

    async def among(
        self, tenant_id: TenantId, session_ids: Collection[SessionId]
    ) -> frozenset[SessionId]:
        door = Actor.doorkeeper(tenant_id)
        rows = await self.database.read(door, ENDED, asked=list(session_ids))
        return frozenset(SessionId(row["id"]) for row in rows)


@dataclass(frozen=True, slots=True)
class PostgresProfileReads:
    database: Database

    async def me(self, actor: Actor) -> Me:
        async with self.database.transaction(actor, read_only=True) as db:
            row = await db.row(ME, tenant=actor.tenant_id, owner=actor.user_id)
        if row is None:
            raise NotFound("this account has no profile")
        return msgspec.convert(dict(row), Me)


@dataclass(frozen=True, slots=True)
class PostgresAccountReads:
    database: Database

    async def newest(self, actor: Actor, *, limit: int) -> Sequence[Account]:
        async with self.database.transaction(actor, read_only=True) as db:
            rows = await db.rows(NEWEST, tenant=actor.tenant_id, most=limit)
        return [msgspec.convert(dict(row), Account) for row in rows]

    async def search(
        self, actor: Actor, words: str, *, after: str, limit: int
    ) -> Sequence[Account]:
        async with self.database.transaction(actor, read_only=True) as db:
            rows = await db.rows(
                SEARCH, tenant=actor.tenant_id, words=words, after=after, most=limit
            )
        return [msgspec.convert(dict(row), Account) for row in rows]
