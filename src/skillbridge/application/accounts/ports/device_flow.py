"""Providers that give out a code to be typed in, and what stands for one of these in an app."""

from dataclasses import dataclass
from typing import Protocol

from skillbridge.domain.accounts.device_flow import DeviceCode, Still
from skillbridge.domain.accounts.identity import IdentityClaims
from skillbridge.domain.ids import AuthorizationId, TenantId


class DeviceFlow(Protocol):
    """Whoever says who somebody is once they have typed in a code (RFC 8628)."""

    @property
    def title(self) -> str:
        """As people know it."""
        ...

    async def code(self) -> DeviceCode:
        """Raises ProviderAway."""
        ...

    async def confirmed(self, secret: str) -> IdentityClaims | Still:
        """Who came, if they have said yes; the secret of a code is worth nothing afterwards.

        Raises AuthorizationDenied, AuthorizationOver, ProviderAway.
        """
        ...


@dataclass(frozen=True, slots=True)
class HandleContent:
    """What a handle says."""

    tenant_id: TenantId
    request_id: AuthorizationId
    secret: str


class DeviceHandles(Protocol):
    """What an app holds in place of the provider's secret, which is sealed in it and stored nowhere."""

    def written(self, handed: HandleContent) -> str: ...

    def read(self, handle: str) -> HandleContent:
        """Raises AuthorizationOver for what is none of ours."""
        ...
