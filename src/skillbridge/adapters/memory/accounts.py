"""Accounts and sign-ins in dictionaries."""

from collections.abc import MutableMapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.users import Registrations, Users
from skillbridge.domain.accounts.registration import Registration
from skillbridge.domain.accounts.sign_in import Link, SignIn, SignInOver, UnknownSignIn
from skillbridge.domain.accounts.user import AddressTaken, UnknownAccount, User
from skillbridge.domain.ids import RegistrationId, SessionId, UserId


@dataclass(frozen=True, slots=True)
class MemoryUsers:
    session: MemorySession

    async def add(self, user: User) -> bool:
        users = self.session.table("users")
        kept = users.raw("users").values()
        if any(one.id == user.id or one.email == user.email for one in kept):
            return False
        users[user.id] = user
        return True

    async def get(self, user_id: UserId) -> User:
        found = self.session.table("users").get(user_id)
        user: User = existing(found, UnknownAccount("no such account"))
        return deepcopy(user)

    async def peek(self, user_id: UserId) -> User:
        return await self.get(user_id)

    async def find(self, user_id: UserId) -> User | None:
        try:
            return await self.get(user_id)
        except UnknownAccount:
            return None

    async def owner_of(self, email: str) -> User:
        missing = UnknownAccount("no account has this e-mail address")
        return existing(await self.with_email(email), missing)

    async def with_email(self, email: str) -> User | None:
        for user in self.session.table("users").values():
            if user.email == email:
                return deepcopy(user)  # type: ignore[no-any-return]  # tables hold anything
        return None

    async def save(self, user: User) -> None:
        await self.get(user.id)
        kept = self.session.table("users").raw("users").values()
        if any(one.email == user.email and one.id != user.id for one in kept):
            raise AddressTaken
        self.session.save("users", user.id, user, "this account changed meanwhile; try again")


@dataclass(frozen=True, slots=True)
class MemoryRegistrations:
    session: MemorySession

    async def add(self, registration: Registration) -> None:
        self._table[registration.id] = registration

    async def get(self, registration_id: RegistrationId) -> Registration | None:
        return self._table.get(registration_id)

    async def of_address(self, email: str, *, at: datetime, limit: int) -> Sequence[Registration]:
        waiting = [
            one for one in self._table.values() if one.email == email and not one.over(at=at)
        ]
        return sorted(waiting, key=lambda one: one.expires_at, reverse=True)[:limit]

    async def guess(self, email: str, *, at: datetime) -> Registration | None:
        waiting = await self.of_address(email, at=at, limit=len(self._table))
        newest = next((one for one in waiting if one.mailed), None)
        if newest is None or not newest.code_serves:
            return None
        self._table[newest.id] = replace(newest, tries=newest.tries + 1)
        return self._table[newest.id]

    async def end(self, email: str) -> Sequence[RegistrationId]:
        ended = [one.id for one in self._table.values() if one.email == email]
        for id_ in ended:
            del self._table[id_]
        return ended

    async def forget(self, before: datetime, *, limit: int) -> int:
        oldest = sorted(self._table.values(), key=lambda one: one.expires_at)
        over = [one.id for one in oldest if one.over(at=before)][:limit]
        for id_ in over:
            del self._table[id_]
        return len(over)

    @property
    def _table(self) -> MutableMapping[RegistrationId, Registration]:
        return self.session.table("registrations")


@dataclass(frozen=True, slots=True)
class MemorySignIns:
    """A row is a chain as it was last saved; its tokens are rows of their own."""

    session: MemorySession

    async def add(self, sign_in: SignIn) -> None:
        await self.save(sign_in)

    async def presenting(self, token: bytes) -> SignIn:
        found: tuple[SessionId, Link] | None = self.session.table("refresh_tokens").get(token)
        if found is None:
            raise SignInOver
        session_id, presented = found
        links = (link for _, link in self.session.table("refresh_tokens").values())
        successor = next((link for link in links if link.parent == token), None)
        kept: SignIn = self.session.table("sign_ins")[session_id]
        return deepcopy(replace(kept, presented=presented, successor=successor))

    async def save(self, sign_in: SignIn) -> None:
        self.session.table("sign_ins")[sign_in.id] = sign_in
        tokens = self.session.table("refresh_tokens")
        for link in (sign_in.presented, sign_in.successor):
            if link is not None:
                tokens[link.hash] = (sign_in.id, link)

    async def must_live(
        self, user_id: UserId, session_id: SessionId | None, *, at: datetime
    ) -> None:
        row = self.session.table("sign_ins").get(session_id)
        if row is None or row.user_id != user_id or row.revoked_at or at >= row.expires_at:
            raise SignInOver

    async def any_of(self, user_id: UserId) -> bool:
        return any(row.user_id == user_id for row in self._rows)

    async def revoke(self, session_id: SessionId, *, at: datetime) -> None:
        row: SignIn | None = self.session.table("sign_ins").get(session_id)
        if row is None or row.user_id != self.session.by.user_id or at >= row.expires_at:
            raise UnknownSignIn
        row.revoke(at=at)

    async def revoke_all(
        self, user_id: UserId, *, at: datetime, but: SessionId | None = None
    ) -> Sequence[SessionId]:
        theirs = [row for row in self._rows if row.user_id == user_id and row.id != but]
        return [row.id for row in theirs if row.revoke(at=at)]

    async def revoke_everybodys(self, *, at: datetime) -> int:
        return sum(row.revoke(at=at) for row in self._rows)

    async def forget(self, before: datetime, *, limit: int) -> int:
        sign_ins = self.session.table("sign_ins")
        tokens = self.session.table("refresh_tokens")
        over = {row.id for row in self._rows if row.expires_at <= before}
        gone = [token for token, (session_id, _) in tokens.items() if session_id in over][:limit]
        for token in gone:
            del tokens[token]
        left = {session_id for session_id, _ in tokens.values()}
        empty = sorted(over - left)[:limit]
        for session_id in empty:
            del sign_ins[session_id]
        return len(gone) + len(empty)

    @property
    def _rows(self) -> list[SignIn]:
        return list(self.session.table("sign_ins").values())


BINDINGS: Bindings = (
    Binding[Registrations](MemoryRegistrations),
    Binding[Users](MemoryUsers),
    Binding[SignIns](MemorySignIns),
)
