"""What operators do to accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from skillbridge.application.accounts.end_of_access import end_access
from skillbridge.application.accounts.ports.api_tokens import ApiTokens
from skillbridge.application.accounts.ports.second_factors import SecondFactors
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.ended_sign_ins import tell_ended
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts import email_address
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.events.accounts import EverySignInEnded
from skillbridge.domain.ids import SessionId


@dataclass(frozen=True, slots=True)
class _ByAddress:
    transaction: Transaction
    users: Users

    async def owner_of(self, email: str) -> User:
        return await self.users.owner_of(email_address.normalised(email))


class GrantRole(_ByAddress):
    """Gives an account a role, which counts from its next refresh; False if it had it already.

    Why is kept in the event. Raises UnfitReason.
    """

    async def __call__(self, actor: Actor, email: str, role: Role, *, reason: str) -> bool:
        async with self.transaction(actor) as tx:
            user = await self.owner_of(email)
            if granted := user.grant(role, reason, at=await tx.now()):
                await self.users.save(user)
                tx.emit(*granted)
        return bool(granted)


class EnableAccount(_ByAddress):
    """Its owner may sign in again; False if they could. A mentor's offer stays paused. Raises UnfitReason."""

    async def __call__(self, actor: Actor, email: str, *, reason: str) -> bool:
        async with self.transaction(actor) as tx:
            user = await self.owner_of(email)
            if events := user.enable(reason, at=await tx.now()):
                await self.users.save(user)
                tx.emit(*events)
        return bool(events)


@dataclass(frozen=True, slots=True)
class Ending(_ByAddress):
    sign_ins: SignIns
    api_tokens: ApiTokens
    fanout: Fanout

    async def end_all(self, user: User, *, at: datetime) -> Sequence[SessionId]:
        """Every sign-in and every token, named for `tell_ended`."""
        return await end_access(self.sign_ins, self.api_tokens, user.id, at=at)


class RevokeSessions(Ending):
    """Ends every sign-in and token of an account, at once; returns how many there were. Raises UnfitReason."""

    async def __call__(self, actor: Actor, email: str, *, reason: str) -> int:
        async with self.transaction(actor) as tx:
            user, now = await self.owner_of(email), await tx.now()
            tx.emit(*user.sign_ins_revoked(reason, at=now))
            ended = await self.end_all(user, at=now)
        await tell_ended(self.fanout, ended)
        return len(ended)


@dataclass(frozen=True, slots=True)
class RevokeEverySession:
    """Ends every sign-in and token of a tenant, as after a backup was restored; returns how many sign-ins.

    The backup knows what has ended since as living, and used tokens as unused.
    """

    transaction: Transaction
    sign_ins: SignIns
    api_tokens: ApiTokens

    async def __call__(self, actor: Actor) -> int:
        async with self.transaction(actor) as tx:
            now = await tx.now()
            await self.api_tokens.end_everybodys(at=now)
            ended = await self.sign_ins.revoke_everybodys(at=now)
            tx.emit(EverySignInEnded(number=ended, at=now))
        return ended


class RevokeRole(Ending):
    """Takes a role from an account and ends its sign-ins and tokens; False if it had it not.

    An access token says what its owner might do when it was made: the next log-in's say it without the
    role. A mentor takes no more requests. Why is kept in the event. Raises RoleStays for the role that
    everybody has, and UnfitReason.
    """

    async def __call__(self, actor: Actor, email: str, role: Role, *, reason: str) -> bool:
        async with self.transaction(actor) as tx:
            user = await self.owner_of(email)
            had, at, ended = role in user.roles, await tx.now(), list[SessionId]()
            tx.emit(*user.revoke(role, reason, at=at))
            if had:
                await self.users.save(user)
                ended += await self.end_all(user, at=at)
        await tell_ended(self.fanout, ended)
        return had


@dataclass(frozen=True, slots=True)
class RemoveSecondFactorOf(Ending):
    """For an owner who has lost app and recovery codes, or was shut out by a thief's; they are told.

    Every sign-in ends. False if none counts. Who the owner is, the operator has to make sure of. Raises
    UnfitReason.
    """

    second_factors: SecondFactors

    async def __call__(self, actor: Actor, email: str, *, reason: str) -> bool:
        async with self.transaction(actor) as tx:
            user, now = await self.owner_of(email), await tx.now()
            factor = await self.second_factors.peek(user.id)
            if factor is None or not factor.active:
                return False
            events = factor.taken(reason, at=now)
            await self.second_factors.remove(user.id)
            tx.emit(*events)
            ended = await self.end_all(user, at=now)
        await tell_ended(self.fanout, ended)
        return True


class DisableAccount(Ending):
    """Nobody signs in to it any more, every sign-in and token ends; False if it was so before. Raises UnfitReason."""

    async def __call__(self, actor: Actor, email: str, *, reason: str) -> bool:
        async with self.transaction(actor) as tx:
            user = await self.owner_of(email)
            events = user.disable(reason, at=await tx.now())
            if events:
                await self.users.save(user)
                tx.emit(*events)
            ended = await self.end_all(user, at=await tx.now())
        await tell_ended(self.fanout, ended)
        return bool(events)
