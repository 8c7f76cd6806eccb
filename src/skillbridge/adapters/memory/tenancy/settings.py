"""What tenants decide, in dictionaries."""

from dataclasses import dataclass
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.adapters.memory.tenancy.tenants import MemoryTenants
from skillbridge.application.paging import Page, PageRequest, cut
from skillbridge.application.tenancy.ports import (
    SettingsReads,
    SettingsVersions,
    TenantStates,
    UnknownVersion,
)
from skillbridge.application.tenancy.views import SettingsVersion
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import UserId
from skillbridge.domain.tenancy.settings import TenantSettings
from skillbridge.domain.tenancy.tenant import Tenant, TenantState

TABLE = "tenant_settings"


@dataclass(frozen=True, slots=True)
class MemoryTenantStates:
    session: MemorySession

    async def get(self) -> Tenant:
        store, id_ = self.session.store, self.session.by.tenant_id
        slug = MemoryTenants(store).slug(id_)
        return Tenant(id_, slug, slug, store.states.get(id_, TenantState.ACTIVE))

    async def save(self, tenant: Tenant) -> None:
        states = self.session.store.states
        states[tenant.id] = tenant.state
        if tenant.state is TenantState.ACTIVE:
            del states[tenant.id]


@dataclass(frozen=True, slots=True)
class MemorySettingsVersions:
    session: MemorySession

    async def newest(self) -> tuple[int, TenantSettings]:
        table = self.session.table(TABLE)
        version = max(table, default=0)
        return version, table[version].settings if version else TenantSettings()

    async def at(self, version: int) -> TenantSettings:
        found = self.session.table(TABLE).get(version)
        if found is None:
            raise UnknownVersion
        settings: TenantSettings = found.settings
        return settings

    async def add(
        self, version: int, settings: TenantSettings, by: UserId | None, at: datetime, reason: str
    ) -> None:
        table = self.session.table(TABLE)
        if version in table:
            raise StaleWrite("somebody else changed these settings first: look again")
        table[version] = SettingsVersion(version, settings, by, at, reason)


@dataclass(frozen=True, slots=True)
class MemorySettingsReads:
    session: MemorySession

    async def newest(self, actor: Actor) -> SettingsVersion:
        found = await self.versions(actor, PageRequest(1))
        return found.items[0] if found.items else SettingsVersion(0, TenantSettings())

    async def versions(self, actor: Actor, page: PageRequest[int]) -> Page[SettingsVersion, int]:
        rows = self.session.table(TABLE, of=actor).values()
        return cut(rows, page, lambda view: view.version)


BINDINGS: Bindings = (
    Binding[TenantStates](MemoryTenantStates),
    Binding[SettingsVersions](MemorySettingsVersions),
    Binding[SettingsReads](MemorySettingsReads),
)
