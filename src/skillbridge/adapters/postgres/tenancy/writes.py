"""Tenants and their settings in PostgreSQL: what is written."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import Integer, bindparam, select, update

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.engine.clauses import TENANT, add, here
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.kernel.tables import tenants
from skillbridge.adapters.postgres.tenancy.tables import tenant_settings
from skillbridge.application.ports.tenants import UnknownTenant
from skillbridge.application.tenancy.ports import SettingsVersions, TenantStates, UnknownVersion
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.tenancy.settings import TenantSettings
from skillbridge.domain.tenancy.tenant import Tenant, TenantState

GET = Query(
    select(tenants.c.id, tenants.c.slug, tenants.c.name, tenants.c.state)
    .where(tenants.c.id == TENANT)
    .with_for_update(key_share=True)
)
SAVE = Query(update(tenants).where(tenants.c.id == TENANT).values(state=bindparam("moved_to")))
_versions = select(tenant_settings.c.version, tenant_settings.c.settings).where(
    here(tenant_settings)
)
NEWEST = Query(_versions.order_by(tenant_settings.c.version.desc()).limit(1))
AT = Query(_versions.where(tenant_settings.c.version == bindparam("wanted", type_=Integer)))
ADD = Query(add(tenant_settings, "version", "settings", "changed_by", "changed_at", "reason"))


@dataclass(frozen=True, slots=True)
class PostgresTenantStates:
    session: Session

    async def get(self) -> Tenant:
        row = existing(await self.session.connection.row(GET), UnknownTenant)
        return Tenant(TenantId(row["id"]), row["slug"], row["name"], TenantState(row["state"]))

    async def save(self, tenant: Tenant) -> None:
        await self.session.connection.run(SAVE, moved_to=tenant.state)


@dataclass(frozen=True, slots=True)
class PostgresSettingsVersions:
    session: Session

    async def newest(self) -> tuple[int, TenantSettings]:
        row = await self.session.connection.row(NEWEST)
        if row is None:
            return 0, TenantSettings()
        return row["version"], msgspec.convert(row["settings"], TenantSettings)

    async def at(self, version: int) -> TenantSettings:
        row = existing(await self.session.connection.row(AT, wanted=version), UnknownVersion)
        return msgspec.convert(row["settings"], TenantSettings)

    async def add(
        self, version: int, settings: TenantSettings, by: UserId | None, at: datetime, reason: str
    ) -> None:
        kept = {"version": version, "settings": settings, "changed_by": by}
        try:
            await self.session.connection.run(ADD, **kept, changed_at=at, reason=reason)
        except asyncpg.UniqueViolationError as error:
            raise StaleWrite("somebody else changed these settings first: look again") from error


BINDINGS: Bindings = (
    Binding[TenantStates](PostgresTenantStates),
    Binding[SettingsVersions](PostgresSettingsVersions),
)
