"""What operators do to accounts."""

from collections.abc import Callable
from dataclasses import dataclass

from skillbridge.application.accounts.ports.second_factors import SecondFactors
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.ended_sign_ins import tell_ended
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts import email_address
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.ids import SessionId


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
    fanout: Fanout

    async def __call__(self, actor: Actor, email: str) -> int:
        async with self.transaction(actor) as tx:
            user = await self.owner_of(email)
            ended = await self.sign_ins.revoke_all(user.id, at=await tx.now())
        await tell_ended(self.fanout, ended)
        return len(ended)


@dataclass(frozen=True, slots=True)
class RevokeEverySession:
    """Ends every sign-in of a tenant, as after a backup was restored: returns how many there were.

    The backup knows sign-ins that have ended since as living, and used tokens as unused.
    """

    transaction: Transaction
    sign_ins: SignIns

    async def __call__(self, actor: Actor) -> int:
        async with self.transaction(actor) as tx:
            return await self.sign_ins.revoke_everybodys(at=await tx.now())


@dataclass(frozen=True, slots=True)
class RevokeRole(_ByAddress):
    """Takes a role from an account and ends its sign-ins; False if it had it not.

    An access token says what its owner might do when it was made: the next log-in's say it without the
    role. A mentor takes no more requests. Raises RoleStays for the role that everybody has.
    """

    sign_ins: SignIns
    fanout: Fanout

    async def __call__(self, actor: Actor, email: str, role: Role) -> bool:
        async with self.transaction(actor) as tx:
            user = await self.owner_of(email)
            had, at, ended = role in user.roles, await tx.now(), list[SessionId]()
            tx.emit(*user.revoke(role, at=at))
            if had:
                await self.users.save(user)
                ended += await self.sign_ins.revoke_all(user.id, at=at)
        await tell_ended(self.fanout, ended)
        return had


@dataclass(frozen=True, slots=True)
class RemoveSecondFactorOf(_ByAddress):
    """For an owner who has lost app and recovery codes, or was shut out by a thief's; they are told.

    Every sign-in ends. False if none counts. Who the owner is, the operator has to make sure of.
    """

    second_factors: SecondFactors
    sign_ins: SignIns
    fanout: Fanout

    async def __call__(self, actor: Actor, email: str) -> bool:
        async with self.transaction(actor) as tx:
            user, now = await self.owner_of(email), await tx.now()
            factor = await self.second_factors.peek(user.id)
            if factor is None or not factor.active:
                return False
            await self.second_factors.remove(user.id)
            tx.emit(*factor.removed(at=now))
            ended = await self.sign_ins.revoke_all(user.id, at=now)
        await tell_ended(self.fanout, ended)
        return True


@dataclass(frozen=True, slots=True)
class DisableAccount(_ByAddress):
    """Nobody signs in to it any more and every sign-in ends; False if it was so before."""

    sign_ins: SignIns
    fanout: Fanout

    async def __call__(self, actor: Actor, email: str) -> bool:
        async with self.transaction(actor) as tx:
            user = await self.owner_of(email)
            events = user.disable(at=await tx.now())
            if events:
                await self.users.save(user)
                tx.emit(*events)
            ended = await self.sign_ins.revoke_all(user.id, at=await tx.now())
        await tell_ended(self.fanout, ended)
        return bool(events)
