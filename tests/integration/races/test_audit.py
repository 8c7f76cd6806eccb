"""Two workers seal one tenant's trail at once: there is one chain."""

import asyncpg
import pytest
from tests.integration.audit.trail import Trail
from tests.integration.races.locks import needs
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.audit.sealing import PostgresSeals
from skillbridge.application.audit.sealing import SealAudit

pytestmark = pytest.mark.row("C6")


@needs("audit.sealing.LOCK_HEAD")
async def test_who_seals_at_once_takes_turns(
    world_on_postgres: World, admin: asyncpg.Connection
) -> None:
    trail = Trail(world_on_postgres)
    await trail.grow(1)
    await trail.write(3)
    one, other = (trail.world.do(SealAudit, trail.world.system()) for _ in range(2))
    first, second = await race(admin, one, PostgresSeals.waiting, other)
    assert (first.error, second.error) == (None, None)
    assert sorted([first.result, second.result]) == [0, 3]
    assert await trail.found() == []
