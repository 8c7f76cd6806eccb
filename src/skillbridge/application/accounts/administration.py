"""What operators do to accounts."""

from dataclasses import dataclass

from skillbridge.application.accounts.ports import SignIns, Users
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts import email_address
from skillbridge.domain.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class GrantRole:
    """Gives an account a role, which counts from its next refresh; False if it had it already."""

    transaction: Transaction
    users: Users

    async def __call__(self, actor: Actor, email: str, role: Role) -> bool:
        async with self.transaction(actor):
            user = await self.users.owner_of(email_address.normalised(email))
            new = user.grant(role)
            if new:
                await self.users.save(user)
        return new


@dataclass(frozen=True, slots=True)
class RevokeSessions:
    """Ends every sign-in of an account, at once; returns how many there were."""

    transaction: Transaction
    users: Users
    sign_ins: SignIns

    async def __call__(self, actor: Actor, email: str) -> int:
        async with self.transaction(actor) as tx:
            user = await self.users.owner_of(email_address.normalised(email))
            ended = await self.sign_ins.revoke_all(user.id, at=await tx.now())
        return len(ended)


@dataclass(frozen=True, slots=True)
class RevokeRole:
    """Takes a role from an account, from its next refresh; False if it had it not.

    A mentor takes no more requests. Raises RoleStays for the role that everybody has.
    """

    transaction: Transaction
    users: Users

    async def __call__(self, actor: Actor, email: str, role: Role) -> bool:
        async with self.transaction(actor) as tx:
            user = await self.users.owner_of(email_address.normalised(email))
            had = role in user.roles
            tx.emit(*user.revoke(role, at=await tx.now()))
            if had:
                await self.users.save(user)
        return had


@dataclass(frozen=True, slots=True)
class DisableAccount:
    """Nobody signs in to it any more and every sign-in ends; False if it was so before."""

    transaction: Transaction
    users: Users
    sign_ins: SignIns

    async def __call__(self, actor: Actor, email: str) -> bool:
        async with self.transaction(actor) as tx:
            user = await self.users.owner_of(email_address.normalised(email))
            events = user.disable(at=await tx.now())
            if events:
                await self.users.save(user)
                tx.emit(*events)
            await self.sign_ins.revoke_all(user.id, at=await tx.now())
        return bool(events)


@dataclass(frozen=True, slots=True)
class EnableAccount:
    """Its owner may sign in again; False if they could. A mentor's offer stays paused."""

    transaction: Transaction
    users: Users

    async def __call__(self, actor: Actor, email: str) -> bool:
        async with self.transaction(actor):
            user = await self.users.owner_of(email_address.normalised(email))
            was_disabled = user.enable()
            if was_disabled:
                await self.users.save(user)
        return was_disabled
