"""Signing in by a code that is typed in at a provider, and linking an identity so."""

from dataclasses import dataclass, replace

from skillbridge.application.accounts.device_authorizing import DeviceAuthorizing
from skillbridge.application.accounts.identities import FederatedLogin, SigningInByIdentity
from skillbridge.application.accounts.own_identities import Linking, session_of
from skillbridge.application.accounts.refusals import refusals_told
from skillbridge.application.accounts.views import CodeBegun, LoggedIn
from skillbridge.domain.accounts.authorization import binding, bound_to
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.actor import Actor


@dataclass(frozen=True, slots=True)
class BeginDeviceSignIn:
    """A code for an app to show; `binding` is the SHA-256 of what only this app has.

    Raises UnknownProvider, NoDeviceFlow, ProviderAway.
    """

    authorizing: DeviceAuthorizing

    async def __call__(self, actor: Actor, provider: str, binding: bytes) -> CodeBegun:
        return await self.authorizing.begin(actor, provider, binding)


@dataclass(frozen=True, slots=True)
class SignInByDevice(SigningInByIdentity):
    """Raises what `DeviceAuthorizing.finish` and `arrived` do, and BadProof before anybody is asked."""

    authorizing: DeviceAuthorizing

    async def __call__(
        self,
        actor: Actor,
        provider: str,
        handle: str,
        secret: str,
        *,
        origin: Origin,
        device: str = "",
    ) -> LoggedIn:
        key = self.device_keys.proved(origin.proof)
        with refusals_told({"provider": provider}):
            tenant_id, shown = await self.authorizing.finish(
                actor, provider, handle, binding(secret)
            )
            title = self.authorizing.providers.named(provider).title
            came = FederatedLogin(shown, title, origin, key, device)
            return await self.arrived(replace(actor, tenant_id=tenant_id), came)


@dataclass(frozen=True, slots=True)
class BeginDeviceLink(Linking):
    """A code for whoever is signed in. Raises StepUpNeeded, SignInOver, and what `BeginDeviceSignIn` does."""

    authorizing: DeviceAuthorizing

    async def __call__(self, actor: Actor, provider: str) -> CodeBegun:
        await self.must_have_proved(actor)
        bound = bound_to(session_of(actor))
        return await self.authorizing.begin(actor, provider, bound, user_id=actor.user_id)


@dataclass(frozen=True, slots=True)
class LinkByDevice(Linking):
    """As `LinkIdentity`. Raises what `DeviceAuthorizing.finish` and `linked` do."""

    authorizing: DeviceAuthorizing

    async def __call__(self, actor: Actor, provider: str, handle: str) -> None:
        bound = bound_to(session_of(actor))
        tenant_id, shown = await self.authorizing.finish(
            actor, provider, handle, bound, user_id=actor.user_id
        )
        await self.linked(actor, tenant_id, shown)
