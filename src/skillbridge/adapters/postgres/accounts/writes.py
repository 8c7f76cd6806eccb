"""Accounts and sign-ins in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import Integer, bindparam, delete, exists, func, select, update

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.accounts.tables import refresh_tokens, sign_ins
from skillbridge.adapters.postgres.engine.clauses import called, here, mine
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Save
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.users import Users
from skillbridge.domain.accounts.sign_in import Link, SignIn, SignInOver, UnknownSignIn
from skillbridge.domain.accounts.user import AddressTaken, UnknownAccount, User
from skillbridge.domain.ids import SessionId, UserId

ADD_USER = Query(
    called("add_account", "id", "email", "password_hash", "email_verified_at", "roles")
)
PEEK_USER = Query(called("account", "id"))
LOCK_USER = Query(called("lock_account", "id"))
FIND_USER = Query(called("account_of", "email"))
LOCK_OWNER = Query(called("lock_account_of", "email"))
SAVE_USER = Save(
    called(
        "save_account",
        *("id", "version", "email", "password_hash", "roles", "email_verified_at", "disabled_at"),
        "devices",
    ),
    "this account changed meanwhile; try again",
)

ADD_SIGN_IN = Query(
    called(
        "add_sign_in",
        *("id", "user_id", "device", "created_at", "expires_at", "last_used_at", "key", "network"),
    )
)
ANY_OF = Query(called("has_signed_in", "user_id"))
LOCK_SIGN_IN = Query(called("lock_sign_in", "token"))
LINKS = Query(called("links", "token"))
KEEP_LINK = Query(called("keep_link", "hash", "sign_in_id", "parent", "issued_at", "used_at"))
MOVE = Query(called("move_sign_in", "id", "revoked_at", "expires_at", "last_used_at", "network"))
LIVING = Query(called("living_sign_in", "id", "user_id", "at"))
REVOKE_ALL = Query(called("end_sign_ins", "user_id", "at", "but"))

_moment = sign_ins.c.expires_at.type
_at = bindparam("at", type_=_moment)
_revoked = (
    update(sign_ins)
    .where(sign_ins.c.revoked_at.is_(None))
    .values(revoked_at=_at, expires_at=func.least(sign_ins.c.expires_at, _at))
)
REVOKE_OWN = Query(
    _revoked.where(mine(sign_ins))
    .where(sign_ins.c.id.is_distinct_from(bindparam("but", type_=sign_ins.c.id.type)))
    .returning(sign_ins.c.id)
)
REVOKE_ONE = Query(
    _revoked.where(mine(sign_ins), sign_ins.c.id == bindparam("id"), sign_ins.c.expires_at > _at)
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
        """Who is signed in ends their own by the policy, and nobody else's."""
        connection = self.session.connection
        if user_id == connection.actor.user_id:
            rows = await connection.rows(REVOKE_OWN, at=at, but=but)
        else:
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
