"""Identities of others: where they are kept, and who is asked for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from skillbridge.application.accounts.ports.device_flow import DeviceFlow
from skillbridge.application.accounts.views import IdentityView, ProviderView
from skillbridge.domain.accounts.authorization import AuthorizationRequest
from skillbridge.domain.accounts.identity import Identity, IdentityClaims
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import AuthorizationId, IdentityId, TenantId, UserId


class ProviderAway(Unavailable):
    """The provider cannot be reached, is too slow, or answers what cannot be used."""

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider} gives no answer that we can use just now: try again in a moment, or sign in another way"
        )


class Identities(Protocol):
    """Those of the tenant; the pre-authentication principal and the system see them."""

    async def add(self, identity: Identity) -> bool:
        """False, and nothing is stored, when it is some account's, or the account has one of the issuer."""
        ...

    async def found(self, issuer: str, subject: str) -> Identity | None: ...

    async def of(self, user_id: UserId) -> Sequence[Identity]:
        """In the order in which they were linked."""
        ...

    async def remove(self, identity_id: IdentityId) -> None: ...


class IdentityReads(Protocol):
    async def of(self, actor: Actor) -> Sequence[IdentityView]:
        """The actor's own, in the order in which they were linked."""
        ...


class AuthorizationRequests(Protocol):
    """What was begun; the pre-authentication principal and the system see those of their tenant."""

    async def add(self, request: AuthorizationRequest) -> None: ...

    async def get(self, request_id: AuthorizationId) -> AuthorizationRequest | None:
        """Without a lock; None for one that is finished or forgotten."""
        ...

    async def take(
        self,
        request_id: AuthorizationId,
        provider: str,
        binding: bytes,
        user_id: UserId | None,
        *,
        at: datetime,
    ) -> bool:
        """Ends it; False where it is none of these, too old or gone: of two at once, one gets True."""
        ...

    async def hold(self, request_id: AuthorizationId, *, at: datetime, until: datetime) -> bool:
        """Whether its provider may be asked now, and nobody else then: of two at once, one gets True."""
        ...

    async def let_go(self, request_id: AuthorizationId, pace: int, *, until: datetime) -> None:
        """After `until` its provider may be asked again, and at this pace from now on."""
        ...

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Deletes, for the system, what could be finished until before then; returns how many."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes to a provider with one request, and comes back from it."""

    state: str
    """Names the tenant and the request, and is signed."""
    verifier: str
    """PKCE (RFC 7636): only its SHA-256 is shown before the code is."""
    nonce: str
    """Stands in the ID token (OpenID Connect Core 1.0 section 2)."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What a state says."""

    tenant_id: TenantId
    request_id: AuthorizationId
    asked: Asked


class AuthorizationSecrets(Protocol):
    """Made of the request's id, so that none of it is stored."""

    def asked(self, tenant_id: TenantId, request_id: AuthorizationId) -> Asked: ...

    def returned(self, state: str) -> Returned:
        """Raises AuthorizationOver for what is none of ours."""
        ...


class IdentityProvider(Protocol):
    """Whoever says who somebody is, by an authorization code (RFC 6749 section 4.1) with PKCE S256."""

    @property
    def title(self) -> str:
        """As people know it."""
        ...

    @property
    def issuer(self) -> str: ...

    async def address(self, asked: Asked) -> str:
        """Where the browser is sent to. Raises ProviderAway."""
        ...

    async def shown(self, code: str, asked: Asked) -> IdentityClaims:
        """Exchanges the code, which works once. Raises NotAuthorized, ProviderAway."""
        ...


class IdentityProviders(Protocol):
    """Those of this installation, by name."""

    def named(self, name: str) -> IdentityProvider:
        """Raises UnknownProvider."""
        ...

    def by_code(self, name: str) -> DeviceFlow:
        """Raises UnknownProvider, NoDeviceFlow."""
        ...

    def all(self) -> Sequence[ProviderView]: ...

    def names(self) -> Mapping[str, str]:
        """By issuer, that of the Supabase project among them."""
        ...
