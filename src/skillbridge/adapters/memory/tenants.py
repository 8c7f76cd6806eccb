"""Tenants in a dictionary."""

from dataclasses import dataclass
from uuid import uuid4

from skillbridge.adapters.memory.store import Store
from skillbridge.application.ports.tenants import UnknownTenant
from skillbridge.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class MemoryTenants:
    store: Store

    async def by_slug(self, slug: str) -> TenantId:
        try:
            return self.store.tenants[slug]
        except KeyError:
            raise UnknownTenant(f"there is no tenant {slug!r}") from None

    async def found(self, slug: str, name: str) -> TenantId:
        del name  # shown by no view of this backend
        return self.store.tenants.setdefault(slug, TenantId(uuid4()))
