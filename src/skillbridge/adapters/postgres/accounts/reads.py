"""What accounts show, from PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import asyncpg
import msgspec
from sqlalchemy import Text, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.accounts.tables import users
from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Pages, Read
from skillbridge.adapters.postgres.profiles.tables import profile_of, profiles
from skillbridge.application.accounts.ports import AccountReads
from skillbridge.application.accounts.views import Account
from skillbridge.application.paging import Page, PageRequest
from skillbridge.application.ports.access_tokens import EndedSignIns
from skillbridge.domain.actor import NOBODY, Actor
from skillbridge.domain.ids import SessionId, TenantId

_living = users.c.deleted_at.is_(None)
_here = here(users)
_accounts = (
    select(
        users.c.id,
        users.c.email,
        func.coalesce(profiles.c.name, "").label("name"),
        users.c.roles,
        users.c.email_verified_at.is_not(None).label("verified"),
        users.c.disabled_at.is_not(None).label("disabled"),
    )
    .outerjoin(profiles, profile_of(users.c.id))
    .where(_here, _living)
)
NEWEST = Read(
    _accounts.order_by(users.c.created_at.desc(), users.c.id.desc()).limit(bindparam("most"))
)
_words = func.lower(bindparam("words", type_=Text))
SEARCH = Pages.of(
    str,
    _accounts.where(
        or_(
            func.strpos(users.c.email, _words) > 0,
            func.strpos(func.lower(func.app.folded(profiles.c.name)), func.app.folded(_words)) > 0,
        )
    ),
    users.c.email,
    ascending=True,
)
ENDED = Read(
    select(text("*")).select_from(func.app.ended_sign_ins(bindparam("asked", type_=ARRAY(UUID))))
)


@dataclass(frozen=True, slots=True)
class PostgresEndedSignIns:
    database: Database

    async def among(
        self, tenant_id: TenantId, session_ids: Collection[SessionId]
    ) -> frozenset[SessionId]:
        anybody = Actor.person(NOBODY, tenant_id, frozenset())
        rows = await self.database.read(anybody, ENDED, asked=list(session_ids))
        return frozenset(SessionId(row["id"]) for row in rows)


@dataclass(frozen=True, slots=True)
class PostgresAccountReads:
    database: Database

    async def newest(self, actor: Actor, *, limit: int) -> Sequence[Account]:
        rows = await self.database.read(actor, NEWEST, most=limit)
        return _as_accounts(rows)

    async def search(self, actor: Actor, words: str, page: PageRequest[str]) -> Page[Account, str]:
        return await self.database.page(actor, SEARCH, _as_accounts, page, words=words)


def _as_accounts(rows: Sequence[asyncpg.Record]) -> list[Account]:
    return msgspec.convert([dict(row) for row in rows], list[Account])


BINDINGS: Bindings = (
    Binding[EndedSignIns](PostgresEndedSignIns, singleton=True),
    Binding[AccountReads](PostgresAccountReads),
)
