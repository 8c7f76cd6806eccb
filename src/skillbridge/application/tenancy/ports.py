"""What tenants need from outside."""

from datetime import datetime
from typing import Protocol

from skillbridge.application.paging import Page, PageRequest
from skillbridge.application.tenancy.views import SettingsVersion
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import NotFound
from skillbridge.domain.ids import UserId
from skillbridge.domain.tenancy.settings import TenantSettings
from skillbridge.domain.tenancy.tenant import Tenant


class UnknownVersion(NotFound):
    """The tenant's settings never had this version."""

    def __init__(self) -> None:
        super().__init__("these settings never had this version")


class TenantStates(Protocol):
    """The tenant of whoever acts; only for the system."""

    async def get(self) -> Tenant:
        """Held until the transaction ends. Raises UnknownTenant."""
        ...

    async def save(self, tenant: Tenant) -> None: ...


class SettingsVersions(Protocol):
    """The settings of the tenant of whoever acts, which must be an administrator of it, or the system."""

    async def newest(self) -> tuple[int, TenantSettings]:
        """The usual ones as version 0 before the first."""
        ...

    async def at(self, version: int) -> TenantSettings:
        """Raises UnknownVersion."""
        ...

    async def add(
        self, version: int, settings: TenantSettings, by: UserId | None, at: datetime, reason: str
    ) -> None:
        """Raises StaleWrite where somebody has added this version meanwhile."""


class SettingsReads(Protocol):
    async def newest(self, actor: Actor) -> SettingsVersion:
        """The usual ones as version 0 before the first."""
        ...

    async def versions(self, actor: Actor, page: PageRequest[int]) -> Page[SettingsVersion, int]:
        """All there ever were, the newest first."""
        ...
