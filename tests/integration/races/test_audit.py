"""Two workers seal one tenant's trail at once: there is one chain."""

from uuid import uuid4

import asyncpg
import pytest
from tests.integration.audit.trail import Trail
from tests.integration.races.locks import needs
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.audit.sealing import PostgresSeals
from skillbridge.adapters.postgres.audit.signals import PostgresRaisedSignals
from skillbridge.application.audit.ports import AuditReads
from skillbridge.application.audit.sealing import SealAudit
from skillbridge.application.audit.views import Search
from skillbridge.application.audit.warning import WarnOfWaitingSignals
from skillbridge.application.paging import Key, PageRequest
from skillbridge.application.security_signals import SecuritySignals
from skillbridge.domain.ids import EventId, UserId

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


@needs("audit.sealing.LOCK_HEAD")
async def test_two_workers_warn_of_a_signal_once(
    world_on_postgres: World, admin: asyncpg.Connection
) -> None:
    world = world_on_postgres
    anonymous = world.pre_authentication()
    async with world.scope(anonymous) as scope:
        signals = await scope.get(SecuritySignals)
        await signals.stolen(anonymous, UserId(uuid4()), EventId(uuid4()))
    await world.do(SealAudit, world.system())
    one, other = (world.do(WarnOfWaitingSignals, world.system()) for _ in range(2))
    first, second = await race(admin, one, PostgresRaisedSignals.last_told, other)
    assert (first.error, second.error) == (None, None)
    page: PageRequest[Key] = PageRequest(9)
    asked = Search(action="AdministratorsWarned")
    found = await world.items(AuditReads, "search", world.system(), asked, page)
    assert [one.details["numbers"] for one in found] == [[1]]
