"""Whose installation it is."""

from typing import Protocol

from skillbridge.domain.errors import NotFound
from skillbridge.domain.ids import TenantId


class UnknownTenant(NotFound):
    """No such tenant."""


class Tenants(Protocol):
    """Finds the tenant before anybody is known."""

    async def by_slug(self, slug: str) -> TenantId:
        """Raises UnknownTenant."""
        ...

    async def found(self, slug: str, name: str) -> TenantId:
        """Founds a tenant, or finds it where it is there already; only for the system."""
        ...
