"""Tenants in a dictionary, as the installation sees them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import Store
from skillbridge.application.ports.tenants import (
    NOBODYS_TENANT,
    TenantNow,
    TenantRows,
    UnknownTenant,
)
from skillbridge.domain.ids import TenantId
from skillbridge.domain.tenancy.settings import Features, TenantSettings
from skillbridge.domain.tenancy.tenant import NOBODYS, Tenant, TenantState

CLOSED = TenantSettings(features=Features(registration=False))
"""Of the tenant that stands in for every slug that is unknown."""


@dataclass(frozen=True, slots=True)
class MemoryTenants:
    store: Store

    async def by_slug(self, slug: str) -> TenantId:
        try:
            return self.store.tenants[slug]
        except KeyError:
            raise UnknownTenant(f"there is no tenant {slug!r}") from None

    async def now(self, tenant_id: TenantId) -> TenantNow:
        if tenant_id == NOBODYS_TENANT:
            return TenantNow(tenant_id, NOBODYS, TenantState.ACTIVE, 1, CLOSED)
        rows = self.store.rows.get((tenant_id, "tenant_settings"), {})
        version = max(rows, default=0)
        settings = rows[version].settings if rows else TenantSettings()
        state = self.store.states.get(tenant_id, TenantState.ACTIVE)
        return TenantNow(tenant_id, self.slug(tenant_id), state, version, settings)

    async def found(self, slug: str, name: str) -> TenantId:
        del name  # shown by no view of this backend
        return self.store.tenants.setdefault(slug, TenantId(uuid4()))

    async def all(self) -> Sequence[Tenant]:
        return [
            Tenant(id_, slug, slug, self.store.states.get(id_, TenantState.ACTIVE))
            for slug, id_ in sorted(self.store.tenants.items())
        ]

    def slug(self, tenant_id: TenantId) -> str:
        """Raises UnknownTenant."""
        found = [slug for slug, known in self.store.tenants.items() if known == tenant_id]
        if not found:
            raise UnknownTenant
        return found[0]


@dataclass(frozen=True, slots=True)
class MemoryTenantRows:
    store: Store

    async def tables(self) -> Sequence[str]:
        return sorted({name for _, name in self.store.rows} | {"events", "jobs"})

    async def rows(self, tenant_id: TenantId) -> AsyncIterator[tuple[str, str]]:
        for table in await self.tables():
            for row in list(self._of(tenant_id, table).values()):
                yield table, msgspec.json.encode(row).decode()

    async def erase(self, tenant_id: TenantId, table: str, *, most: int) -> int:
        if self.store.states.get(tenant_id) is not TenantState.ERASING:
            return 0
        found = list(self._of(tenant_id, table))[:most]
        whole = self._whole(tenant_id, table)
        for key in found:
            del whole[key]
        return len(found)

    async def forget(self, tenant_id: TenantId) -> None:
        if self.store.states.get(tenant_id) is TenantState.ERASING:
            del self.store.tenants[MemoryTenants(self.store).slug(tenant_id)]
            del self.store.states[tenant_id]

    def _whole(self, tenant_id: TenantId, table: str) -> dict[Any, Any]:
        apart: dict[str, Any] = {"events": self.store.events, "jobs": self.store.jobs}
        return apart.get(table) or self.store.rows.get((tenant_id, table), {})

    def _of(self, tenant_id: TenantId, table: str) -> dict[Any, Any]:
        rows = self._whole(tenant_id, table)
        if table not in {"events", "jobs"}:
            return rows
        return {key: row for key, row in rows.items() if row.tenant_id == tenant_id}


BINDINGS: Bindings = (Binding[TenantRows](MemoryTenantRows),)
