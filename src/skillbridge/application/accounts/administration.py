"""What operators do to accounts."""

from collections.abc import Callable
from dataclasses import dataclass

from skillbridge.application.accounts.ports import SignIns, Users
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts import email_address
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class _ByAddress:
    transaction: Transaction
    users: Users

    async def owner_of(self, email: str) -> User:
        return await self.users.owner_of(email_address.normalised(email))

    async def change(self, actor: Actor, email: str, changed: Callable[[User], bool]) -> bool:
        """Whether the account has changed."""
        async with self.transaction(actor):
            user = await self.owner_of(email)
            if new := changed(user):
                await self.users.save(user)
        return new


class GrantRole(_ByAddress):
    """Gives an account a role, which counts from its next refresh; False if it had it already."""

    async def __call__(self, actor: Actor, email: str, role: Role) -> bool:
        return await self.change(actor, email, lambda user: user.grant(role))


class EnableAccount(_ByAddress):
    """Its owner may sign in again; False if they could. A mentor's offer stays paused."""

    async def __call__(self, actor: Actor, email: str) -> bool:
        return await self.change(actor, email, User.enable)


@dataclass(frozen=True, slots=True)
class RevokeSessions(_ByAddress):
    """Ends every sign-in of an account, at once; returns how many there were."""

    sign_ins: SignIns

    async def __call__(self, actor: Actor, email: str) -> int:
        async with self.transaction(actor) as tx:
            user = await self.owner_of(email)
            ended = await self.sign_ins.revoke_all(user.id, at=await tx.now())
        return len(ended)


class RevokeRole(_ByAddress):
    """Takes a role from an account, from its next refresh; False if it had it not.

    A mentor takes no more requests. Raises RoleStays for the role that everybody has.
    """

    async def __call__(self, actor: Actor, email: str, role: Role) -> bool:
        async with self.transaction(actor) as tx:
            user = await self.owner_of(email)
            had = role in user.roles
            tx.emit(*user.revoke(role, at=await tx.now()))
            if had:
                await self.users.save(user)
        return had


@dataclass(frozen=True, slots=True)
class DisableAccount(_ByAddress):
    """Nobody signs in to it any more and every sign-in ends; False if it was so before."""

    sign_ins: SignIns

    async def __call__(self, actor: Actor, email: str) -> bool:
        async with self.transaction(actor) as tx:
            user = await self.owner_of(email)
            events = user.disable(at=await tx.now())
            if events:
                await self.users.save(user)
                tx.emit(*events)
            await self.sign_ins.revoke_all(user.id, at=await tx.now())
        return bool(events)
