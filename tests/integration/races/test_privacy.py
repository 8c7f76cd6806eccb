"""Two workers with one request about data, at once."""

from uuid import uuid4

import asyncpg
import pytest
from tests.integration.races.locks import needs
from tests.support.given.privacy import days_go_by, somebody
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.privacy.writes import PostgresPrivacyRequests
from skillbridge.application.privacy.erasure import BeginErasures, RequestErasure
from skillbridge.application.privacy.exports import MakeExport, RequestExport
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.privacy import ErasureBegun, ExportReady, ExportRequested
from skillbridge.domain.ids import PrivacyRequestId

pytestmark = pytest.mark.row("C9")


async def told(admin: asyncpg.Connection, actor: Actor, kind: type) -> int:
    found: int = await admin.fetchval(
        "select count(*) from events where tenant_id = $1 and name = $2",
        actor.tenant_id,
        kind.__name__,
    )
    return found


@needs("privacy.writes.GET")
async def test_an_export_is_made_and_told_of_once(world: World, admin: asyncpg.Connection) -> None:
    actor = await somebody(world)
    asked = await world.do(RequestExport, actor)
    event = ExportRequested(
        request_id=PrivacyRequestId(asked.id), user_id=actor.user_id, at=asked.asked_at
    )
    once, again = (world.do(MakeExport, world.system(), event) for _ in range(2))
    first, second = await race(admin, once, PostgresPrivacyRequests.get, again)
    assert first.error is second.error is None
    assert await told(admin, actor, ExportReady) == 1


@needs("privacy.writes.OVERDUE")
async def test_an_erasure_is_begun_once_and_nobody_waits_for_it(
    world: World, admin: asyncpg.Connection
) -> None:
    actor = await somebody(world)
    await world.do(RequestErasure, actor)
    await days_go_by(world)
    once, again = (world.do(BeginErasures, world.system(), str(uuid4())) for _ in range(2))
    first, second = await race(admin, once, PostgresPrivacyRequests.overdue, again)
    assert first.error is second.error is None
    assert not second.waited
    assert await told(admin, actor, ErasureBegun) == 1
