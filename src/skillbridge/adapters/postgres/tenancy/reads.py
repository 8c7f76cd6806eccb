"""The settings of tenants as they are shown, from PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
import msgspec
from sqlalchemy import select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Pages
from skillbridge.adapters.postgres.tenancy.tables import tenant_settings
from skillbridge.application.paging import Page, PageRequest
from skillbridge.application.tenancy.ports import SettingsReads
from skillbridge.application.tenancy.views import SettingsVersion
from skillbridge.domain.actor import Actor
from skillbridge.domain.tenancy.settings import TenantSettings

VERSIONS = Pages.of(
    int,
    select(*(one for one in tenant_settings.c if one.name != "tenant_id")).where(
        here(tenant_settings)
    ),
    tenant_settings.c.version,
)


@dataclass(frozen=True, slots=True)
class PostgresSettingsReads:
    database: Database

    async def newest(self, actor: Actor) -> SettingsVersion:
        found = await self.versions(actor, PageRequest(1))
        return found.items[0] if found.items else SettingsVersion(0, TenantSettings())

    async def versions(self, actor: Actor, page: PageRequest[int]) -> Page[SettingsVersion, int]:
        return await self.database.page(actor, VERSIONS, _as_views, page)


def _as_views(rows: Sequence[asyncpg.Record]) -> list[SettingsVersion]:
    return msgspec.convert([dict(row) for row in rows], list[SettingsVersion])


BINDINGS: Bindings = (Binding[SettingsReads](PostgresSettingsReads),)
