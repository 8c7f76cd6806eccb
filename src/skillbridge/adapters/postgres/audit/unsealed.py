"""Whose entries wait for their seals, in PostgreSQL: asked of all tenants at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Read
from skillbridge.adapters.postgres.kernel.tables import audit_entries
from skillbridge.application.audit.ports import Unsealed
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import TenantId

EVERYBODY = Actor.system(TenantId(UUID(int=0)))
"""Looks for tenants, and is of none."""
TENANTS = Read(select(audit_entries.c.tenant_id).where(audit_entries.c.n.is_(None)).distinct())


@dataclass(frozen=True, slots=True)
class PostgresUnsealed:
    database: Database

    async def tenants(self) -> Sequence[TenantId]:
        return [TenantId(row[0]) for row in await self.database.read(EVERYBODY, TENANTS)]


BINDINGS: Bindings = (Binding[Unsealed](PostgresUnsealed, singleton=True),)
