"""Two operators who move one tenant at once."""

import asyncpg
import pytest
from tests.integration.races.locks import needs
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.tenancy.writes import PostgresTenantStates
from skillbridge.application.tenancy.lifecycle import SuspendTenant
from skillbridge.domain.events.tenancy import TenantSuspended
from skillbridge.domain.tenancy.settings import Change

pytestmark = pytest.mark.row("B11")


@needs("tenancy.writes.GET")
async def test_a_tenant_is_suspended_once(world: World, admin: asyncpg.Connection) -> None:
    why = Change("a pilot that is over")
    once, again = (world.do(SuspendTenant, world.system(), why) for _ in range(2))
    first, second = await race(admin, once, PostgresTenantStates.get, again)
    assert first.value == second.value
    told = await admin.fetchval(
        "select count(*) from events where tenant_id = $1 and name = $2",
        world.tenant_id,
        TenantSuspended.__name__,
    )
    assert told == 1
