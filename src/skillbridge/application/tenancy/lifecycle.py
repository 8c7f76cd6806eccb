"""Those who run an installation suspend a tenant, resume it, take all of its rows out, and erase it."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.files import KEPT, PARTS, Files, of_tenant
from skillbridge.application.ports.tenants import TenantRows
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.tenancy.ports import TenantStates
from skillbridge.domain.actor import Actor
from skillbridge.domain.tenancy.settings import Change
from skillbridge.domain.tenancy.tenant import Tenant

BATCH = 1_000
"""Rows that one transaction deletes: a tenant's last day disturbs nobody else's."""


@dataclass(frozen=True, slots=True)
class _Move:
    """By a verb of the tenant; said again, it changes nothing. Every process is told."""

    verb: ClassVar[str]
    transaction: Transaction
    states: TenantStates
    known: KnownTenants

    async def __call__(self, actor: Actor, change: Change) -> Tenant:
        """Raises IllegalMove."""
        async with self.transaction(actor) as tx:
            tenant = await self.states.get()
            if events := getattr(tenant, self.verb)(change.reason, at=await tx.now()):
                await self.states.save(tenant)
                tx.emit(*events)
        await self.known.tell(actor.tenant_id)
        return tenant


class SuspendTenant(_Move):
    """Within a second nobody of it is let in any more, and its jobs rest; everything is kept."""

    verb = "suspend"


class ResumeTenant(_Move):
    """As it was before it was suspended: sign-ins that have not run out go on."""

    verb = "resume"


@dataclass(frozen=True, slots=True)
class ExportTenant:
    """Every row of every table, of one moment, as JSON; it is streamed, whatever there is."""

    transaction: Transaction
    states: TenantStates
    rows: TenantRows

    async def __call__(self, actor: Actor) -> tuple[Tenant, AsyncIterator[tuple[str, str]]]:
        """The tenant, and each row with the table that it is from."""
        async with self.transaction(actor):
            tenant = await self.states.get()
        return tenant, self.rows.rows(actor.tenant_id)


@dataclass(frozen=True, slots=True)
class EraseTenant:
    """Deletes every row and file of a tenant that was suspended, then the tenant; there is no way back.

    In batches, each a transaction of its own: killed, it goes on from where it was when it is said again.
    """

    transaction: Transaction
    states: TenantStates
    rows: TenantRows
    files: Files
    known: KnownTenants

    async def __call__(self, actor: Actor, *, confirmed: str) -> Mapping[str, int]:
        """How many rows of each table, and files, this run deleted. Raises NotConfirmed, IllegalMove."""
        async with self.transaction(actor):
            tenant = await self.states.get()
            tenant.erase(confirmed=confirmed)
            await self.states.save(tenant)
        await self.known.tell(actor.tenant_id)
        gone: Counter[str] = Counter()
        tables = await self.rows.tables()
        while found := sum([await self._erase(actor, table, gone) for table in tables]):
            del found  # what a trigger or a late request has written is found by the next round
        for area in (PARTS, KEPT):
            gone["files"] += await self.files.forget(of_tenant(area, actor.tenant_id))
        await self.rows.forget(actor.tenant_id)
        await self.known.tell(actor.tenant_id)
        return gone

    async def _erase(self, actor: Actor, table: str, gone: Counter[str]) -> int:
        before = gone[table]
        while found := await self.rows.erase(actor.tenant_id, table, most=BATCH):
            gone[table] += found
        return gone[table] - before
