"""Accounts, sign-ins and profiles in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import DateTime, LargeBinary, Uuid, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from skillbridge.adapters.postgres.accounts.tables import profiles, refresh_tokens, sign_ins, users
from skillbridge.adapters.postgres.engine.kept import as_kept
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.domain.accounts.profile import Details, Profile
from skillbridge.domain.accounts.sign_in import Link, SignIn, SignInOver
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Role
from skillbridge.domain.errors import NotFound, StaleWrite
from skillbridge.domain.ids import SessionId, TenantId, UserId

HERE = select(func.app.tenant_id()).scalar_subquery()
"""The tenant of the open transaction: the condition of each policy, said once more."""

_user = select(users).where(users.c.tenant_id == HERE, users.c.deleted_at.is_(None))
_by_id = _user.where(users.c.id == bindparam("id_"))
_by_email = _user.where(users.c.email == bindparam("address"))

ADD_USER = Query(
    insert(users)
    .values(tenant_id=HERE, roles=bindparam("roles", type_=users.c.roles.type))
    .on_conflict_do_nothing(),
    ["id", "email", "password_hash", "email_verified_at"],
)
PEEK_USER = Query(_by_id)
# Not FOR UPDATE: whoever has added a sign-in holds the user by its foreign key, and two of them
# would wait for each other.
LOCK_USER = Query(_by_id.with_for_update(key_share=True))
FIND_USER = Query(_by_email)
LOCK_OWNER = Query(_by_email.with_for_update(key_share=True))
SAVE_USER = Query(
    update(users)
    .where(users.c.tenant_id == HERE, users.c.id == bindparam("id_"))
    .where(users.c.version == bindparam("seen"))
    .values(
        password_hash=bindparam("kept"),
        roles=bindparam("granted", type_=users.c.roles.type),
        email_verified_at=bindparam("proved", type_=DateTime(timezone=True)),
        disabled_at=bindparam("disabled", type_=DateTime(timezone=True)),
    )
)

ADD_SIGN_IN = Query(
    insert(sign_ins).values(tenant_id=HERE),
    ["id", "user_id", "device", "created_at", "expires_at"],
)
LOCK_SIGN_IN = Query(
    select(sign_ins)
    .where(sign_ins.c.tenant_id == HERE)
    .where(
        sign_ins.c.id
        == select(refresh_tokens.c.sign_in_id)
        .where(refresh_tokens.c.hash == bindparam("token", type_=LargeBinary))
        .scalar_subquery()
    )
    .with_for_update()
)
LINKS = Query(
    select(refresh_tokens)
    .where(refresh_tokens.c.tenant_id == HERE)
    .where(
        or_(
            refresh_tokens.c.hash == bindparam("token", type_=LargeBinary),
            refresh_tokens.c.parent == bindparam("token", type_=LargeBinary),
        )
    )
)
REVOKE = Query(
    update(sign_ins)
    .where(sign_ins.c.tenant_id == HERE, sign_ins.c.id == bindparam("id_"))
    .values(revoked_at=bindparam("ended", type_=DateTime(timezone=True)))
)
REVOKE_ALL = Query(
    update(sign_ins)
    .where(sign_ins.c.tenant_id == HERE, sign_ins.c.user_id == bindparam("owner", type_=Uuid))
    .where(sign_ins.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("ended", type_=DateTime(timezone=True)))
    .returning(sign_ins.c.id)
)
_new_link = insert(refresh_tokens).values(tenant_id=HERE)
KEEP_LINK = Query(
    _new_link.on_conflict_do_update(
        index_elements=[refresh_tokens.c.hash],
        set_={"used_at": _new_link.excluded.used_at},
        where=refresh_tokens.c.tenant_id == HERE,
    ),
    ["hash", "sign_in_id", "parent", "issued_at", "used_at"],
)

_profile = (
    select(profiles)
    .where(profiles.c.tenant_id == HERE, profiles.c.user_id == bindparam("owner"))
    .with_for_update()
)
_DETAILS = ["name", "bio", "country", "time_zone", "languages", "skills", "availability"]
LOCK_PROFILE = Query(_profile)
ADD_PROFILE = Query(insert(profiles).values(tenant_id=HERE), ["user_id", *_DETAILS])
SAVE_PROFILE = Query(
    update(profiles)
    .where(profiles.c.tenant_id == HERE, profiles.c.user_id == bindparam("owner"))
    .where(profiles.c.version == bindparam("seen")),
    _DETAILS,
)


@dataclass(frozen=True, slots=True)
class PostgresUsers:
    session: Session

    async def add(self, user: User) -> bool:
        return bool(
            await self.session.connection.run(
                ADD_USER,
                id=user.id,
                email=user.email,
                password_hash=user.password_hash,
                email_verified_at=user.email_verified_at,
                roles=sorted(user.roles),
            )
        )

    async def get(self, user_id: UserId) -> User:
        return _there(await self.session.connection.row(LOCK_USER, id_=user_id))

    async def peek(self, user_id: UserId) -> User:
        return _there(await self.session.connection.row(PEEK_USER, id_=user_id))

    async def find(self, user_id: UserId) -> User | None:
        row = await self.session.connection.row(PEEK_USER, id_=user_id)
        return None if row is None else _user_of(row)

    async def owner_of(self, email: str) -> User:
        row = await self.session.connection.row(LOCK_OWNER, address=email)
        if row is None:
            raise NotFound("no account has this e-mail address")
        return _user_of(row)

    async def with_email(self, email: str) -> User | None:
        row = await self.session.connection.row(FIND_USER, address=email)
        return None if row is None else _user_of(row)

    async def save(self, user: User) -> None:
        saved = await self.session.connection.run(
            SAVE_USER,
            id_=user.id,
            seen=user.version,
            kept=user.password_hash,
            granted=sorted(user.roles),
            proved=user.email_verified_at,
            disabled=user.disabled_at,
        )
        if not saved:
            raise StaleWrite("this account changed meanwhile; try again")


@dataclass(frozen=True, slots=True)
class PostgresSignIns:
    """The row of the chain is its lock; its tokens are read once that is held."""

    session: Session

    async def add(self, sign_in: SignIn) -> None:
        await self.session.connection.run(
            ADD_SIGN_IN,
            id=sign_in.id,
            user_id=sign_in.user_id,
            device=sign_in.device,
            created_at=sign_in.created_at,
            expires_at=sign_in.expires_at,
        )
        await self._keep(sign_in.id, sign_in.presented)

    async def presenting(self, token: bytes) -> SignIn:
        row = await self.session.connection.row(LOCK_SIGN_IN, token=token)
        if row is None:
            raise SignInOver
        links = {
            link["hash"]: Link(link["hash"], link["issued_at"], link["used_at"], link["parent"])
            for link in await self.session.connection.rows(LINKS, token=token)
        }
        presented = links.pop(token)
        return SignIn(
            id=SessionId(row["id"]),
            user_id=UserId(row["user_id"]),
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            presented=presented,
            device=row["device"],
            revoked_at=row["revoked_at"],
            successor=next(iter(links.values()), None),
        )

    async def save(self, sign_in: SignIn) -> None:
        await self.session.connection.run(REVOKE, id_=sign_in.id, ended=sign_in.revoked_at)
        for link in (sign_in.presented, sign_in.successor):
            if link is not None:
                await self._keep(sign_in.id, link)

    async def revoke_all(self, user_id: UserId, *, at: datetime) -> Sequence[SessionId]:
        rows = await self.session.connection.rows(REVOKE_ALL, owner=user_id, ended=at)
        return [SessionId(row["id"]) for row in rows]

    async def _keep(self, session_id: SessionId, link: Link) -> None:
        await self.session.connection.run(
            KEEP_LINK,
            hash=link.hash,
            sign_in_id=session_id,
            parent=link.parent,
            issued_at=link.issued_at,
            used_at=link.used_at,
        )


@dataclass(frozen=True, slots=True)
class PostgresProfiles:
    session: Session

    async def add(self, profile: Profile) -> None:
        await self.session.connection.run(
            ADD_PROFILE, user_id=profile.user_id, **_columns(profile.details)
        )

    async def get(self, user_id: UserId) -> Profile:
        row = await self.session.connection.row(LOCK_PROFILE, owner=user_id)
        if row is None:
            raise NotFound("no such profile")
        details = as_kept(dict(row), Details)
        return Profile(UserId(row["user_id"]), details, row["version"])

    async def save(self, profile: Profile) -> None:
        saved = await self.session.connection.run(
            SAVE_PROFILE,
            owner=profile.user_id,
            seen=profile.version,
            **_columns(profile.details),
        )
        if not saved:
            raise StaleWrite("your profile changed meanwhile; read it again")


def _there(row: asyncpg.Record | None) -> User:
    if row is None:
        raise NotFound("no such account")
    return _user_of(row)


def _user_of(row: asyncpg.Record) -> User:
    return User(
        id=UserId(row["id"]),
        tenant_id=TenantId(row["tenant_id"]),
        email=row["email"],
        password_hash=row["password_hash"],
        roles=frozenset(map(Role, row["roles"])),
        email_verified_at=row["email_verified_at"],
        disabled_at=row["disabled_at"],
        version=row["version"],
    )


def _columns(details: Details) -> dict[str, Any]:
    values = {name: getattr(details, name) for name in _DETAILS}
    return values | {"languages": list(details.languages)}
