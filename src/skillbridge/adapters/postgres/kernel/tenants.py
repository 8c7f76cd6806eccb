"""Tenants in PostgreSQL, remembered: they are few and keep their slugs."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from skillbridge.adapters.postgres.engine.database import NOWHERE, Database
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.kernel.tables import tenants
from skillbridge.application.ports.tenants import UnknownTenant
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import TenantId

BY_SLUG = Query(select(tenants.c.id).where(tenants.c.slug == bindparam("wanted")))

FOUND = Query(
    insert(tenants)
    .values({name: bindparam(name) for name in ("id", "slug", "name")})
    .on_conflict_do_nothing()
)
SYSTEM = Actor.system(TenantId(UUID(int=0)))


@dataclass(frozen=True, slots=True)
class PostgresTenants:
    database: Database
    known: dict[str, TenantId] = field(default_factory=dict)

    async def by_slug(self, slug: str) -> TenantId:
        if slug not in self.known:
            async with self.database.transaction(NOWHERE, read_only=True) as db:
                found = await db.value(BY_SLUG, wanted=slug)
            if found is None:
                raise UnknownTenant(f"there is no tenant {slug!r}")
            self.known[slug] = TenantId(found)
        return self.known[slug]

    async def found(self, slug: str, name: str) -> TenantId:
        async with self.database.transaction(SYSTEM) as db:
            await db.run(FOUND, id=uuid4(), slug=slug, name=name)
        return await self.by_slug(slug)
