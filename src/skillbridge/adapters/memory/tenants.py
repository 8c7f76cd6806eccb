"""Tenants in a dictionary."""

from dataclasses import dataclass

from skillbridge.adapters.memory.store import Store
from skillbridge.application.ports import UnknownTenant
from skillbridge.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class MemoryTenants:
    store: Store

    async def by_slug(self, slug: str) -> TenantId:
        try:
            return self.store.tenants[slug]
        except KeyError:
            raise UnknownTenant(f"there is no tenant {slug!r}: look at X-Tenant") from None
