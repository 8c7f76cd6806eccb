"""Tokens of a tenant's own programs, which are nobody's: made and revoked by its operator."""

from dataclasses import dataclass
from uuid import uuid4

from skillbridge.application.accounts.ports.api_tokens import ApiTokens
from skillbridge.application.accounts.views import NewApiToken
from skillbridge.application.ended_sign_ins import tell_ended
from skillbridge.application.ports.api_tokens import ApiTokenText
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.api_token import ApiToken, UnknownToken, Wish
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import ServiceTokenCreated, ServiceTokenRevoked
from skillbridge.domain.ids import ApiTokenId, SessionId


@dataclass(frozen=True, slots=True)
class CreateServiceToken:
    """A token of the tenant, shown once; one that has the name ends.

    Raises ScopeNotForServices, and TooManyTokens.
    """

    transaction: Transaction
    api_tokens: ApiTokens
    text: ApiTokenText
    fanout: Fanout

    async def __call__(self, actor: Actor, wish: Wish) -> NewApiToken:
        written = self.text.new(actor.tenant_id, service=True)
        async with self.transaction(actor) as tx:
            now = await tx.now()
            living = await self.api_tokens.living_of_services(at=now)
            made = ApiToken.of_service(ApiTokenId(uuid4()), wish, written, living, at=now)
            former = await self.api_tokens.end_of_service(wish.name, at=now)
            await self.api_tokens.add(made)
            scopes = tuple(sorted(made.scopes))
            tx.emit(
                ServiceTokenCreated(
                    token_id=made.id,
                    label=made.name,
                    scopes=scopes,
                    expires_at=made.expires_at,
                    at=now,
                )
            )
        await tell_ended(self.fanout, [SessionId(former)] if former else [])
        return NewApiToken(made.name, written, scopes, made.expires_at)


@dataclass(frozen=True, slots=True)
class RevokeServiceToken:
    """The token opens nothing any more. Raises UnknownToken."""

    transaction: Transaction
    api_tokens: ApiTokens
    fanout: Fanout

    async def __call__(self, actor: Actor, name: str) -> None:
        async with self.transaction(actor) as tx:
            at = await tx.now()
            found = await self.api_tokens.end_of_service(name, at=at)
            if found is None:
                raise UnknownToken
            tx.emit(ServiceTokenRevoked(token_id=found, label=name, at=at))
        await tell_ended(self.fanout, [SessionId(found)])
