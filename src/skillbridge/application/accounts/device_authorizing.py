"""A provider is asked who somebody is that types in a code there: begun, and asked again until it is done."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from skillbridge.application.accounts.ports.device_flow import (
    DeviceFlow,
    DeviceHandles,
    HandleContent,
)
from skillbridge.application.accounts.ports.identities import (
    AuthorizationRequests,
    IdentityProviders,
    ProviderAway,
)
from skillbridge.application.accounts.views import CodeBegun
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.authorization import AuthorizationOver, AuthorizationRequest
from skillbridge.domain.accounts.device_flow import (
    HELD,
    AskedTooSoon,
    AuthorizationDenied,
    AuthorizationPending,
    Still,
    bounded,
    slower,
)
from skillbridge.domain.accounts.identity import IdentityClaims
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import AuthorizationId, TenantId, UserId


@dataclass(frozen=True, slots=True)
class DeviceAuthorizing:
    """Whatever its answer is for. The provider is asked for one app once at a time, at its pace."""

    transaction: Transaction
    requests: AuthorizationRequests
    handles: DeviceHandles
    providers: IdentityProviders

    async def begin(
        self, actor: Actor, provider: str, binding: bytes, *, user_id: UserId | None = None
    ) -> CodeBegun:
        """Raises UnknownProvider, NoDeviceFlow, ProviderAway."""
        code = await self.providers.by_code(provider).code()
        tenant_id, id_, pace = actor.tenant_id, AuthorizationId(uuid4()), bounded(code.pace)
        async with self.transaction(actor.before_authentication) as tx:
            now = await tx.now()
            ends = code.ends(at=now)
            await self.requests.add(
                AuthorizationRequest(
                    *(id_, tenant_id, provider, binding, ends, user_id),
                    pace=pace,
                    asked_again_at=now + timedelta(seconds=pace),
                )
            )
        handle = self.handles.written(HandleContent(tenant_id, id_, code.secret))
        life = int((ends - now).total_seconds())
        return CodeBegun(handle, code.user_code, code.verification_uri, pace, life)

    async def finish(
        self,
        actor: Actor,
        provider: str,
        handle: str,
        binding: bytes,
        *,
        user_id: UserId | None = None,
    ) -> tuple[TenantId, IdentityClaims]:
        """Who came, and the tenant that it was begun in: the handle names it.

        Raises UnknownProvider, NoDeviceFlow, AuthorizationOver, AuthorizationPending, AskedTooSoon,
        AuthorizationDenied, ProviderAway.
        """
        asked_of, handed = self.providers.by_code(provider), self.handles.read(handle)
        anonymous = replace(actor, tenant_id=handed.tenant_id).before_authentication
        async with self.transaction(anonymous) as tx:
            now = await tx.now()
            request = await self.requests.get(handed.request_id)
            if request is None or request.pace is None:
                raise AuthorizationOver
            request.must_be(provider, binding, user_id, at=now)
            if not await self.requests.hold(request.id, at=now, until=now + HELD):
                raise AskedTooSoon((request.asked_again_at or now) - now)
        shown = await self._asked(anonymous, asked_of, request, request.pace, handed.secret)
        await self._over(anonymous, request)
        return handed.tenant_id, shown

    async def _asked(
        self,
        anonymous: Actor,
        asked_of: DeviceFlow,
        request: AuthorizationRequest,
        pace: int,
        secret: str,
    ) -> IdentityClaims:
        try:
            said = await asked_of.confirmed(secret)
        except ProviderAway:
            await self._later(anonymous, request, slower(pace))
            raise
        except (AuthorizationDenied, AuthorizationOver):
            await self._over(anonymous, request)
            raise
        if isinstance(said, IdentityClaims):
            return said
        pace = slower(pace) if said is Still.SLOW_DOWN else pace
        await self._later(anonymous, request, pace)
        raise AuthorizationPending(asked_of.title, pace)

    async def _later(self, anonymous: Actor, request: AuthorizationRequest, pace: int) -> None:
        async with self.transaction(anonymous) as tx:
            until = await tx.now() + timedelta(seconds=pace)
            await self.requests.let_go(request.id, pace, until=until)

    async def _over(self, anonymous: Actor, request: AuthorizationRequest) -> None:
        """Raises AuthorizationOver where it is already."""
        whose = (request.provider, request.binding, request.user_id)
        async with self.transaction(anonymous) as tx:
            if not await self.requests.take(request.id, *whose, at=await tx.now()):
                raise AuthorizationOver
