"""A provider is asked who somebody is: begun here, and finished once its answer has come back."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from skillbridge.application.accounts.ports.identities import (
    AuthorizationRequests,
    AuthorizationSecrets,
    IdentityProviders,
)
from skillbridge.application.accounts.views import Begun
from skillbridge.application.ports.jobs import Step
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.authorization import LIFE, AuthorizationOver, AuthorizationRequest
from skillbridge.domain.accounts.identity import IdentityClaims
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import AuthorizationId, TenantId, UserId

FORGET_EVERY = timedelta(hours=1)
FORGOTTEN_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Authorizing:
    """Whatever its answer is for."""

    transaction: Transaction
    requests: AuthorizationRequests
    secrets: AuthorizationSecrets
    providers: IdentityProviders

    async def begin(
        self,
        actor: Actor,
        provider: str,
        binding: bytes,
        *,
        user_id: UserId | None = None,
        return_to: str | None = None,
    ) -> Begun:
        """Raises UnknownProvider, ProviderAway."""
        asked_of = self.providers.named(provider)
        anonymous, id_ = actor.before_authentication, AuthorizationId(uuid4())
        address = await asked_of.address(self.secrets.asked(actor.tenant_id, id_))
        async with self.transaction(anonymous) as tx:
            ends = await tx.now() + LIFE
            await self.requests.add(
                AuthorizationRequest(
                    id_, actor.tenant_id, provider, binding, ends, user_id, return_to
                )
            )
        return Begun(address, int(LIFE.total_seconds()))

    async def finish(
        self,
        actor: Actor,
        provider: str,
        state: str,
        code: str,
        binding: bytes,
        *,
        user_id: UserId | None = None,
    ) -> tuple[TenantId, IdentityClaims]:
        """Who came, and the tenant that it was begun in: the state names it.

        The request is over whatever the provider says then, for a code works once. Raises
        UnknownProvider, AuthorizationOver, NotAuthorized, ProviderAway.
        """
        asked_of, returned = self.providers.named(provider), self.secrets.returned(state)
        anonymous = replace(actor, tenant_id=returned.tenant_id).before_authentication
        async with self.transaction(anonymous) as tx:
            at = await tx.now()
            if not await self.requests.take(returned.request_id, provider, binding, user_id, at=at):
                raise AuthorizationOver
        return returned.tenant_id, await asked_of.shown(code, returned.asked)


@dataclass(frozen=True, slots=True)
class FindReturn:
    """The page that goes on once a provider has sent the browser back; None where none was named.

    It reads only: what came with it is for whoever began. Raises AuthorizationOver.
    """

    transaction: Transaction
    requests: AuthorizationRequests
    secrets: AuthorizationSecrets

    async def __call__(self, actor: Actor, provider: str, state: str) -> str | None:
        returned = self.secrets.returned(state)
        async with self.transaction(
            replace(actor, tenant_id=returned.tenant_id), read_only=True
        ) as tx:
            request, now = await self.requests.get(returned.request_id), await tx.now()
        if request is None or request.provider != provider or now >= request.expires_at:
            raise AuthorizationOver
        return request.return_to


@dataclass(frozen=True, slots=True)
class ForgetAuthorizations:
    """By the clock: deletes what nobody finished in time, in batches until nothing is left."""

    step: Step
    requests: AuthorizationRequests

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  old is old in any slot
        gone = FORGOTTEN_AT_ONCE
        while gone == FORGOTTEN_AT_ONCE:
            async with self.step(actor) as tx:
                gone = await self.requests.forget(await tx.now(), limit=FORGOTTEN_AT_ONCE)
