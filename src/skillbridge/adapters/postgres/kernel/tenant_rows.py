"""All rows of a tenant in PostgreSQL, by the catalogue: tables that are new are among them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from sqlalchemy import BigInteger, bindparam, func, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.database import NOWHERE, Database
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.application.ports.tenants import TenantRows
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import TenantId

OF_TENANTS = """
select c.relname as name, coalesce(array_agg(r.relname) filter (where r.oid <> c.oid), '{}') as refers_to
from pg_class as c
join pg_attribute as a on a.attrelid = c.oid and a.attname = 'tenant_id'
left join pg_constraint as f on f.conrelid = c.oid and f.contype = 'f'
left join pg_class as r on r.oid = f.confrelid and r.relname <> 'tenants'
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
group by c.relname order by c.relname
"""
AT_ONCE = 500
"""Rows that one fetch brings: what an export has in memory."""
OPEN = Query(select(func.app.open_rows(bindparam("which"))))
ERASE = Query(select(func.app.erase_rows(bindparam("which"), bindparam("most", type_=BigInteger))))
FORGET = Query(select(func.app.forget_tenant()))


@dataclass(frozen=True, slots=True)
class PostgresTenantRows:
    database: Database

    async def tables(self) -> Sequence[str]:
        async with self.database.transaction(NOWHERE, read_only=True) as db:
            found = await db.driver.fetch(OF_TENANTS)
        referring = TopologicalSorter({row["name"]: set(row["refers_to"]) for row in found})
        return [*referring.static_order()][::-1]

    async def rows(self, tenant_id: TenantId) -> AsyncIterator[tuple[str, str]]:
        tables = sorted(await self.tables())
        actor = Actor.system(tenant_id)
        async with self.database.transaction(actor, read_only=True, repeatable=True) as db:
            for table in tables:
                cursor = await db.value(OPEN, which=table)
                fetch = f'fetch {AT_ONCE} from "{cursor}"'  # the server's own name of it
                while found := await db.driver.fetch(fetch):
                    for row in found:
                        yield table, row[0]

    async def erase(self, tenant_id: TenantId, table: str, *, most: int) -> int:
        async with self.database.transaction(Actor.system(tenant_id)) as db:
            return int(await db.value(ERASE, which=table, most=most))

    async def forget(self, tenant_id: TenantId) -> None:
        async with self.database.transaction(Actor.system(tenant_id)) as db:
            await db.value(FORGET)


BINDINGS: Bindings = (Binding[TenantRows](PostgresTenantRows),)
