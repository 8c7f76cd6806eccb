"""Two who make one database ready, and an operator's hand in it, all at once."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from tests.conftest import PASSWORD, Urls, in_database
from tests.integration.races.locks import needs
from tests.support.given.learning import NOW, a_roadmap, modules
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters import schema
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import RoadmapId

pytestmark = pytest.mark.row("B3", "B4")


@pytest.fixture
async def empty(server: str) -> AsyncIterator[asyncpg.Connection]:
    """An administrator's connection to a database that nobody has migrated."""
    name, over = "sb_unmade", await asyncpg.connect(server)
    await over.execute(f"create database {name}")
    connection = await asyncpg.connect(in_database(server, name))
    yield connection
    await connection.close()
    await over.execute(f"drop database {name} with (force)")
    await over.close()


@pytest.mark.parametrize("then", ["prepare", "upgrade"])
async def test_one_at_a_time_makes_a_database_ready(
    empty: asyncpg.Connection, server: str, then: str
) -> None:
    """Programs that start together migrate together: all but one wait."""
    url = in_database(server, "sb_unmade")

    async def prepare() -> None:
        await schema.prepare(
            url, app_password=PASSWORD, auth_password=PASSWORD, worker_password=PASSWORD
        )

    second = prepare() if then == "prepare" else schema.upgrade(url)
    first, late = await race(empty, prepare(), schema._role, second)
    assert (first.error, late.error, late.waited) == (None, None, True)


async def complete(by: asyncpg.Connection, who: Actor, roadmap_id: RoadmapId, name: str) -> None:
    await by.execute(
        """insert into completions (tenant_id, learner_id, roadmap_id, module_id, completed_at)
        values ($1, $2, $3, $4, $5)""",
        who.tenant_id,
        who.user_id,
        roadmap_id,
        name,
        NOW,
    )


@needs("app.roll_up_progress")
async def test_two_writers_past_the_program_are_both_counted(
    world: World, urls: Urls, admin: asyncpg.Connection
) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1, 1))

    async def writes(name: str) -> None:
        operator = await asyncpg.connect(urls.admin)
        try:
            async with operator.transaction():
                await complete(operator, learner, roadmap_id, name)
        finally:
            await operator.close()

    first, second = await race(admin, writes("m0"), complete, writes("m1"))
    assert (first.error, second.error) == (None, None)
    percent = await admin.fetchval("select percent from roadmaps where id = $1", roadmap_id)
    assert percent == 100
