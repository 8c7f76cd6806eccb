"""What a process remembers of a tenant: for a moment, and no longer than until it is told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from skillbridge.adapters.memory.signals import MemoryFanout
from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.tenants import TenantNow, UnknownTenant
from skillbridge.domain.ids import TenantId
from skillbridge.domain.tenancy.settings import TenantSettings
from skillbridge.domain.tenancy.tenant import Tenant, TenantState

pytestmark = pytest.mark.row("B11")

KANO = TenantId(uuid4())
REST = 1.0


@dataclass
class Store:
    version: int = 1
    asked: int = 0
    here: bool = True
    before: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.go.set()

    async def by_slug(self, slug: str) -> TenantId:
        self.asked += 1
        return KANO

    async def now(self, tenant_id: TenantId) -> TenantNow:
        self.asked += 1
        found = TenantNow(tenant_id, "kano", TenantState.ACTIVE, self.version, TenantSettings())
        self.before.set()
        await self.go.wait()
        if not self.here:
            raise UnknownTenant
        return found

    async def found(self, slug: str, name: str) -> TenantId:
        return KANO

    async def all(self) -> Sequence[Tenant]:
        return []


@dataclass
class Clock:
    at: float = 100.0

    def __call__(self) -> float:
        return self.at


async def test_it_is_asked_once_a_second_however_many_ask() -> None:
    store, clock = Store(), Clock()
    known = KnownTenants(store, MemoryFanout(), seconds=clock)
    for _ in range(5):
        assert (await known.now(KANO)).version == 1
    assert store.asked == 1
    store.version, clock.at = 2, clock.at + REST
    assert (await known.now(KANO)).version == 2
    assert store.asked == 2


async def test_who_is_told_asks_again_at_once_here_and_elsewhere() -> None:
    store, fanout = Store(), MemoryFanout()
    here, elsewhere = (KnownTenants(store, fanout, seconds=Clock()) for _ in range(2))
    async with elsewhere.hearing():
        for known in (here, elsewhere):
            await known.now(KANO)
        store.version = 2
        while (await elsewhere.now(KANO)).version == 1:
            await here.tell(KANO)
            await asyncio.sleep(0)
        assert (await here.now(KANO)).version == 2


async def test_a_message_that_is_none_of_ours_harms_nobody() -> None:
    fanout, store = MemoryFanout(), Store()
    known = KnownTenants(store, fanout, seconds=Clock())
    async with known.hearing():
        await known.now(KANO)
        for message in (b"", b"x" * 7, b"x" * 17):
            await fanout.publish("tenants", message)
        for _ in range(9):
            await asyncio.sleep(0)
        store.version = 2
        assert (await known.now(KANO)).version == 1, "nothing was said of it"
        while (await known.now(KANO)).version == 1:
            await fanout.publish("tenants", KANO.bytes)
            await asyncio.sleep(0)
        assert store.asked == 2


async def test_when_the_second_is_over_one_asks_for_all() -> None:
    store, clock = Store(), Clock()
    known = KnownTenants(store, MemoryFanout(), seconds=clock)
    await known.now(KANO)
    store.version, clock.at = 2, clock.at + REST
    store.go.clear()
    asking = asyncio.create_task(known.now(KANO))
    await asyncio.sleep(0)
    assert (await known.now(KANO)).version == 1
    store.go.set()
    assert (await asking).version == (await known.now(KANO)).version == 2
    assert store.asked == 2


async def test_an_answer_on_its_way_when_a_change_is_told_is_not_kept() -> None:
    store, clock = Store(), Clock()
    known = KnownTenants(store, MemoryFanout(), seconds=clock)
    store.go.clear()
    old = asyncio.create_task(known.now(KANO))
    await store.before.wait()
    store.version = 2
    await known.tell(KANO)
    store.go.set()
    assert (await old).version == 1
    clock.at += REST / 2
    assert (await known.now(KANO)).version == 2


async def test_the_default_tenant_is_looked_up_once_until_it_is_gone() -> None:
    store = Store()
    known = KnownTenants(store, MemoryFanout(), seconds=Clock())
    for _ in range(3):
        assert await known.default("kano") == KANO
    assert store.asked == 1
    store.here = False
    with pytest.raises(UnknownTenant):
        await known.now(KANO)
    assert await known.default("kano") == KANO
    assert store.asked == 3
