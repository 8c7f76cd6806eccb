"""Personal access tokens: made, revoked, and forgotten by the clock."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from skillbridge.application.accounts.held_roles import HeldRoles
from skillbridge.application.accounts.own_account import OwnAccount
from skillbridge.application.accounts.ports.api_tokens import ApiTokens
from skillbridge.application.accounts.views import NewApiToken
from skillbridge.application.ended_sign_ins import tell_ended
from skillbridge.application.ports.api_tokens import ApiTokenText
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.api_token import KEPT, ApiToken, UnknownToken, Wish
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import PersonalTokenRevoked
from skillbridge.domain.ids import ApiTokenId, SessionId

FORGET_EVERY = timedelta(hours=1)
FORGOTTEN_AT_ONCE = 10_000
"""Rows that one job deletes: the next slot takes the rest."""


@dataclass(frozen=True, slots=True)
class CreatePersonalToken:
    """A token for a program, shown once. One that has the name ends: so a lost answer leaves none behind.

    Its owner is told by mail. Raises StepUpNeeded, SignInOver, AccountDisabled, ScopeNotGiven, TooManyTokens.
    """

    transaction: Transaction
    account: OwnAccount
    held_roles: HeldRoles
    api_tokens: ApiTokens
    text: ApiTokenText
    fanout: Fanout

    async def __call__(self, actor: Actor, wish: Wish) -> tuple[NewApiToken, SessionId | None]:
        """Besides, what has ended."""
        written = self.text.new(actor.tenant_id)
        async with self.transaction(actor.before_authentication) as tx:
            now = await tx.now()
            user = await self.account.proved(actor, at=now)
            living = await self.api_tokens.living(user.id, at=now)
            owner = replace(user, roles=await self.held_roles.of(user))
            made, told = ApiToken.personal(
                ApiTokenId(uuid4()), owner, wish, written, living, at=now
            )
            former = await self.api_tokens.end(user.id, wish.name, at=now)
            await self.api_tokens.add(made)
            tx.emit(*told)
        ended = SessionId(former) if former else None
        await tell_ended(self.fanout, [ended] if ended else [])
        return NewApiToken(made.name, written, tuple(sorted(made.scopes)), made.expires_at), ended


@dataclass(frozen=True, slots=True)
class RevokePersonalToken:
    """The token opens nothing any more. Raises UnknownToken."""

    transaction: Transaction
    api_tokens: ApiTokens
    fanout: Fanout

    async def __call__(self, actor: Actor, name: str) -> SessionId:
        async with self.transaction(actor.before_authentication) as tx:
            at = await tx.now()
            found = await self.api_tokens.end(actor.user_id, name, at=at)
            if found is None:
                raise UnknownToken
            tx.emit(PersonalTokenRevoked(user_id=actor.user_id, token_id=found, at=at))
        ended = SessionId(found)
        await tell_ended(self.fanout, [ended])
        return ended


@dataclass(frozen=True, slots=True)
class ForgetApiTokens:
    """By the clock: deletes those that ended a day ago, revoked or run out."""

    transaction: Transaction
    api_tokens: ApiTokens

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  old is old in any slot
        async with self.transaction(actor) as tx:
            await self.api_tokens.forget(await tx.now() - KEPT, limit=FORGOTTEN_AT_ONCE)
