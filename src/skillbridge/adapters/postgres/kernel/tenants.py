"""Tenants in PostgreSQL, as the installation sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.engine.clauses import called
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.kernel.tables import tenants
from skillbridge.application.ports.tenants import NOBODYS_TENANT, TenantNow, UnknownTenant
from skillbridge.domain.actor import NOBODY, Actor
from skillbridge.domain.ids import TenantId
from skillbridge.domain.tenancy.settings import TenantSettings
from skillbridge.domain.tenancy.tenant import Tenant, TenantState

BY_SLUG = Query(select(func.app.tenant_of_slug(bindparam("wanted"))))
THE_NOW = Read(called("tenant_now"))
ALL = Query(
    select(tenants.c.id, tenants.c.slug, tenants.c.name, tenants.c.state)
    .where(tenants.c.id != NOBODYS_TENANT)
    .order_by(tenants.c.slug)
)
FOUND = Query(
    insert(tenants)
    .values({name: bindparam(name) for name in ("id", "slug", "name")})
    .on_conflict_do_nothing()
)
SYSTEM = Actor.system(TenantId(UUID(int=0)))


@dataclass(frozen=True, slots=True)
class PostgresTenants:
    database: Database

    async def by_slug(self, slug: str) -> TenantId:
        (row,) = await self.database.call(BY_SLUG, wanted=slug)
        if row[0] is None:
            raise UnknownTenant(f"there is no tenant {slug!r}")
        return TenantId(row[0])

    async def now(self, tenant_id: TenantId) -> TenantNow:
        asked = Actor.person(NOBODY, tenant_id, frozenset())
        row = existing(await self.database.read_one(asked, THE_NOW), UnknownTenant)
        return TenantNow(
            TenantId(row["id"]),
            row["slug"],
            TenantState(row["state"]),
            row["version"],
            msgspec.convert(row["settings"], TenantSettings),
        )

    async def found(self, slug: str, name: str) -> TenantId:
        async with self.database.transaction(SYSTEM) as db:
            await db.run(FOUND, id=uuid4(), slug=slug, name=name)
        return await self.by_slug(slug)

    async def all(self) -> Sequence[Tenant]:
        async with self.database.transaction(SYSTEM, read_only=True) as db:
            rows = await db.rows(ALL)
        return [Tenant(TenantId(row[0]), row[1], row[2], TenantState(row[3])) for row in rows]
