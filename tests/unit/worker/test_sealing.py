"""The worker seals what waits, of every tenant, and goes on when the database was away."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from tests.support.given.world import World

from skillbridge.adapters.memory.audit import MemoryUnsealed
from skillbridge.application.audit.ports import AuditReads, Unsealed
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.events.audit import AuditExported
from skillbridge.domain.ids import TenantId
from skillbridge.entrypoints.worker.sealing import Sealing

pytestmark = pytest.mark.row("C6")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def told(world: World, tenant_id: TenantId) -> None:
    actor = Actor.system(tenant_id)
    async with world.scope(actor) as scope, (await scope.get(Transaction))(actor) as tx:
        tx.emit(AuditExported(first=1, last=2, at=NOW))


async def test_every_tenants_trail_is_sealed(world_on_memory: World) -> None:
    world, other = world_on_memory, TenantId(uuid4())
    for tenant_id in (world.tenant_id, other, other):
        await told(world, tenant_id)
    sealing = Sealing(world.worker)
    assert (await sealing.once(), await sealing.once()) == (3, 0)
    for tenant_id, last in ((world.tenant_id, 1), (other, 2)):
        assert (await world.ask(AuditReads, "bounds", Actor.system(tenant_id))).head.n == last


async def test_a_database_that_was_away_is_asked_again(
    world_on_memory: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, stopping, asked = world_on_memory, asyncio.Event(), 0
    await told(world, world.tenant_id)
    found = MemoryUnsealed.tenants

    async def away_at_first(self: Unsealed) -> Sequence[TenantId]:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise Unavailable("away")
        stopping.set()
        assert isinstance(self, MemoryUnsealed)
        return await found(self)

    monkeypatch.setattr(MemoryUnsealed, "tenants", away_at_first)
    await Sealing(world.worker).forever(stopping, every=0)
    assert (await world.ask(AuditReads, "bounds", world.system())).head.n == 1
