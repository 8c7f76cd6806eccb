"""Accounts and sign-ins in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import Integer, LargeBinary, bindparam, delete, exists, func, or_, select, update

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.accounts.tables import refresh_tokens, sign_ins, users
from skillbridge.adapters.postgres.engine.clauses import add, change, here, mine
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Save
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.users import Users
from skillbridge.domain.accounts.sign_in import Link, SignIn, SignInOver, UnknownSignIn
from skillbridge.domain.accounts.user import AddressTaken, UnknownAccount, User
from skillbridge.domain.ids import SessionId, UserId

_user = select(users).where(here(users), users.c.deleted_at.is_(None))
_by_id = _user.where(users.c.id == bindparam("id"))
_by_email = _user.where(users.c.email == bindparam("email"))

ADD_USER = Query(
    add(
        users, "id", "email", "password_hash", "email_verified_at", "roles"
    ).on_conflict_do_nothing()
)
PEEK_USER = Query(_by_id)
# Not FOR UPDATE: whoever has added a sign-in holds the user by its foreign key, and two of them
# would wait for each other.
LOCK_USER = Query(_by_id.with_for_update(key_share=True))
FIND_USER = Query(_by_email)
LOCK_OWNER = Query(_by_email.with_for_update(key_share=True))
SAVE_USER = Save(
    change(users, "email", "password_hash", "roles", "email_verified_at", "disabled_at", "devices"),
    "this account changed meanwhile; try again",
)

_moment = sign_ins.c.expires_at.type
ADD_SIGN_IN = Query(
    add(
        sign_ins,
        "id",
        "user_id",
        "device",
        "created_at",
        "expires_at",
        "last_used_at",
        "key",
        "network",
    )
)
ANY_OF = Query(select(exists().where(sign_ins.c.user_id == bindparam("user_id"), here(sign_ins))))
_token = bindparam("token", type_=LargeBinary)
LOCK_SIGN_IN = Query(
    select(sign_ins)
    .where(
        here(sign_ins),
        sign_ins.c.id
        == select(refresh_tokens.c.sign_in_id)
        .where(here(refresh_tokens), refresh_tokens.c.hash == _token)
        .scalar_subquery(),
    )
    .with_for_update()
)
LINKS = Query(
    select(refresh_tokens)
    .where(here(refresh_tokens))
    .where(or_(refresh_tokens.c.hash == _token, refresh_tokens.c.parent == _token))
)
MOVE = Query(
    update(sign_ins)
    .where(here(sign_ins), sign_ins.c.id == bindparam("id"))
    .values(
        {
            name: bindparam(name, type_=sign_ins.c[name].type)
            for name in ("revoked_at", "expires_at", "last_used_at", "network")
        }
    )
)
_at = bindparam("at", type_=_moment)
_revoked = (
    update(sign_ins)
    .where(sign_ins.c.revoked_at.is_(None))
    .values(revoked_at=_at, expires_at=func.least(sign_ins.c.expires_at, _at))
)
LIVING = Query(
    select(sign_ins.c.id)
    .where(here(sign_ins))
    .where(sign_ins.c.id == bindparam("id"), sign_ins.c.user_id == bindparam("user_id"))
    .where(sign_ins.c.revoked_at.is_(None), sign_ins.c.expires_at > _at)
)
REVOKE_ONE = Query(
    _revoked.where(mine(sign_ins), sign_ins.c.id == bindparam("id"), sign_ins.c.expires_at > _at)
)
REVOKE_ALL = Query(
    _revoked.where(here(sign_ins), sign_ins.c.user_id == bindparam("user_id"))
    .where(sign_ins.c.id.is_distinct_from(bindparam("but", type_=sign_ins.c.id.type)))
    .returning(sign_ins.c.id)
)
REVOKE_EVERYBODYS = Query(_revoked.where(here(sign_ins)))
_over = (here(sign_ins), sign_ins.c.expires_at <= bindparam("before", type_=_moment))
_most = bindparam("most", type_=Integer)
FORGET_TOKENS = Query(
    delete(refresh_tokens).where(
        here(refresh_tokens),
        refresh_tokens.c.hash.in_(
            select(refresh_tokens.c.hash)
            .join(sign_ins, sign_ins.c.id == refresh_tokens.c.sign_in_id)
            .where(here(refresh_tokens), *_over)
            .limit(_most)
        ),
    )
)
FORGET_SIGN_INS = Query(
    delete(sign_ins).where(
        here(sign_ins),
        sign_ins.c.id.in_(
            select(sign_ins.c.id)
            .where(*_over)
            .where(
                ~exists().where(here(refresh_tokens), refresh_tokens.c.sign_in_id == sign_ins.c.id)
            )
            .order_by(sign_ins.c.expires_at)
            .limit(_most)
        ),
    )
)
_new_link = add(refresh_tokens, "hash", "sign_in_id", "parent", "issued_at", "used_at")
KEEP_LINK = Query(
    _new_link.on_conflict_do_update(
        index_elements=[refresh_tokens.c.hash],
        set_={"used_at": _new_link.excluded.used_at},
        where=here(refresh_tokens),
    )
)


@dataclass(frozen=True, slots=True)
class PostgresUsers:
    session: Session

    async def add(self, user: User) -> bool:
        return bool(await self.session.connection.run(ADD_USER, user, roles=sorted(user.roles)))

    async def get(self, user_id: UserId) -> User:
        return _there(await self.session.connection.row(LOCK_USER, id=user_id))

    async def peek(self, user_id: UserId) -> User:
        return _there(await self.session.connection.row(PEEK_USER, id=user_id))

    async def find(self, user_id: UserId) -> User | None:
        row = await self.session.connection.row(PEEK_USER, id=user_id)
        return None if row is None else _user_of(row)

    async def owner_of(self, email: str) -> User:
        row = await self.session.connection.row(LOCK_OWNER, email=email)
        return _user_of(existing(row, UnknownAccount("no account has this e-mail address")))

    async def with_email(self, email: str) -> User | None:
        row = await self.session.connection.row(FIND_USER, email=email)
        return None if row is None else _user_of(row)

    async def save(self, user: User) -> None:
        try:
            await self.session.connection.save(SAVE_USER, user, roles=sorted(user.roles))
        except asyncpg.UniqueViolationError as error:
            raise AddressTaken from error


@dataclass(frozen=True, slots=True)
class PostgresSignIns:
    """The row of the chain is its lock; its tokens are read once that is held."""

    session: Session

    async def add(self, sign_in: SignIn) -> None:
        await self.session.connection.run(ADD_SIGN_IN, sign_in)
        await self._keep(sign_in.id, sign_in.presented)

    async def presenting(self, token: bytes) -> SignIn:
        row = existing(await self.session.connection.row(LOCK_SIGN_IN, token=token), SignInOver)
        links = {
            link["hash"]: Link(link["hash"], link["issued_at"], link["used_at"], link["parent"])
            for link in await self.session.connection.rows(LINKS, token=token)
        }
        presented = existing(links.pop(token, None), SignInOver)
        return SignIn(
            id=SessionId(row["id"]),
            user_id=UserId(row["user_id"]),
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            last_used_at=row["last_used_at"],
            presented=presented,
            device=row["device"],
            key=row["key"],
            network=row["network"],
            revoked_at=row["revoked_at"],
            successor=next(iter(links.values()), None),
        )

    async def save(self, sign_in: SignIn) -> None:
        await self.session.connection.run(MOVE, sign_in)
        for link in (sign_in.presented, sign_in.successor):
            if link is not None:
                await self._keep(sign_in.id, link)

    async def must_live(
        self, user_id: UserId, session_id: SessionId | None, *, at: datetime
    ) -> None:
        asked = {"id": session_id, "user_id": user_id, "at": at}
        if await self.session.connection.row(LIVING, **asked) is None:
            raise SignInOver

    async def any_of(self, user_id: UserId) -> bool:
        found: bool = await self.session.connection.value(ANY_OF, user_id=user_id)
        return found

    async def revoke(self, session_id: SessionId, *, at: datetime) -> None:
        if not await self.session.connection.run(REVOKE_ONE, id=session_id, at=at):
            raise UnknownSignIn

    async def revoke_all(
        self, user_id: UserId, *, at: datetime, but: SessionId | None = None
    ) -> Sequence[SessionId]:
        connection = self.session.connection
        rows = await connection.rows(REVOKE_ALL, user_id=user_id, at=at, but=but)
        return [SessionId(row["id"]) for row in rows]

    async def revoke_everybodys(self, *, at: datetime) -> int:
        return await self.session.connection.run(REVOKE_EVERYBODYS, at=at)

    async def forget(self, before: datetime, *, limit: int) -> int:
        """The tokens first, for they name their sign-in."""
        connection = self.session.connection
        tokens = await connection.run(FORGET_TOKENS, before=before, most=limit)
        return tokens + await connection.run(FORGET_SIGN_INS, before=before, most=limit)

    async def _keep(self, session_id: SessionId, link: Link) -> None:
        await self.session.connection.run(KEEP_LINK, link, sign_in_id=session_id)


def _there(row: asyncpg.Record | None) -> User:
    return _user_of(existing(row, UnknownAccount("no such account")))


def _user_of(row: asyncpg.Record) -> User:
    return msgspec.convert(dict(row), User)


BINDINGS: Bindings = (
    Binding[Users](PostgresUsers),
    Binding[SignIns](PostgresSignIns),
)
