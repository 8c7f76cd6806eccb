"""What accounts show, from PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import asyncpg
import msgspec
from sqlalchemy import LargeBinary, Text, any_, bindparam, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.accounts.tables import sign_ins, users
from skillbridge.adapters.postgres.engine.clauses import here, mine
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Pages, Read
from skillbridge.adapters.postgres.profiles.tables import profile_of, profiles
from skillbridge.application.accounts.ports.sign_ins import SignInReads
from skillbridge.application.accounts.ports.users import AccountReads
from skillbridge.application.accounts.views import Account, Place, SignInView
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.application.ports.access_tokens import EndedSignIns
from skillbridge.domain.accounts.device import kind_of
from skillbridge.domain.actor import NOBODY, Actor, Role
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
ADMINISTRATORS = Read(
    _accounts.where(
        literal(Role.ADMIN.value) == any_(users.c.roles),
        users.c.email_verified_at.is_not(None),
        users.c.disabled_at.is_(None),
    )
    .order_by(users.c.created_at, users.c.id)
    .limit(bindparam("most"))
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
SIGN_INS = Pages.of(
    Key,
    select(
        sign_ins.c.id,
        sign_ins.c.device,
        (sign_ins.c.network == any_(bindparam("marks", type_=ARRAY(LargeBinary)))).label("is_here"),
        sign_ins.c.key.is_not(None).label("bound"),
        sign_ins.c.created_at,
        sign_ins.c.last_used_at,
        sign_ins.c.expires_at,
    ).where(mine(sign_ins), sign_ins.c.expires_at > func.clock_timestamp()),
    sign_ins.c.created_at,
    sign_ins.c.id,
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
class PostgresSignInReads:
    database: Database

    async def newest(
        self, actor: Actor, page: PageRequest[Key], *, here: Sequence[bytes]
    ) -> Page[SignInView, Key]:
        made = partial(_as_sign_ins, actor=actor)
        return await self.database.page(actor, SIGN_INS, made, page, marks=list(here))


@dataclass(frozen=True, slots=True)
class PostgresAccountReads:
    database: Database

    async def newest(self, actor: Actor, *, limit: int) -> Sequence[Account]:
        rows = await self.database.read(actor, NEWEST, most=limit)
        return _as_accounts(rows)

    async def administrators(self, actor: Actor, *, limit: int) -> Sequence[Account]:
        return _as_accounts(await self.database.read(actor, ADMINISTRATORS, most=limit))

    async def search(self, actor: Actor, words: str, page: PageRequest[str]) -> Page[Account, str]:
        return await self.database.page(actor, SEARCH, _as_accounts, page, words=words)


def _as_sign_ins(rows: Sequence[asyncpg.Record], *, actor: Actor) -> list[SignInView]:
    return [
        SignInView(
            SessionId(row["id"]),
            kind_of(row["device"]),
            row["device"],
            Place.HERE if row["is_here"] else Place.ELSEWHERE,
            row["id"] == actor.session_id,
            row["bound"],
            row["created_at"],
            row["last_used_at"],
            row["expires_at"],
        )
        for row in rows
    ]


def _as_accounts(rows: Sequence[asyncpg.Record]) -> list[Account]:
    return msgspec.convert([dict(row) for row in rows], list[Account])


BINDINGS: Bindings = (
    Binding[EndedSignIns](PostgresEndedSignIns, singleton=True),
    Binding[AccountReads](PostgresAccountReads),
    Binding[SignInReads](PostgresSignInReads),
)
