"""The log of impressions under trouble: it loses lists, never a request, and says how many."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from structlog.testing import capture_logs
from tests.conftest import Urls
from tests.support.given.matching import learner, mentor
from tests.support.given.world import World, postgres_world

from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.ranking.writes import PostgresImpressionLog
from skillbridge.application.ranking.features import FEATURES
from skillbridge.application.ranking.ports.impressions import ImpressionList, ImpressionLog
from skillbridge.application.ranking.ports.ranker import Option, Source
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Forbidden
from skillbridge.domain.ids import ImpressionListId, UserId
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.server.inject import HttpProvider
from skillbridge.entrypoints.wiring import memory, stack
from skillbridge.settings import DatabaseUrl, Settings

pytestmark = pytest.mark.row("G8")


@pytest.fixture
async def world(urls: Urls) -> AsyncIterator[World]:
    async with postgres_world(urls) as made:
        yield made


@pytest.fixture
async def database(urls: Urls) -> AsyncIterator[Database]:
    made = await Database.connect(urls.app, size=2)
    yield made
    await made.close()


def impression_list(*mentors: UserId) -> ImpressionList:
    return ImpressionList(
        id=ImpressionListId(uuid4()),
        at=datetime.now(UTC),
        model="base",
        source=Source.MATCHER,
        degraded=False,
        options=tuple(Option(one, dict.fromkeys(FEATURES, 1)) for one in mentors),
    )


async def kept(world: World) -> int:
    assert world.admin is not None
    query = "select count(distinct showing_id) from impressions where tenant_id = $1"
    return int(await world.admin.fetchval(query, world.tenant_id))


async def test_what_cannot_be_kept_does_not_hold_up_the_rest(
    world: World, database: Database
) -> None:
    asks, of = await learner(world), await mentor(world)
    log = PostgresImpressionLog(database, pause=0)
    with capture_logs() as said:
        log.note(asks, impression_list(of.user_id))
        log.note(asks, impression_list(UserId(uuid4())))
        log.note(asks, impression_list(of.user_id))
        await log.settle()
    assert await kept(world) == 2
    assert [(line["event"], line["lists"]) for line in said] == [("impressions lost", 1)]


async def test_nobody_logs_in_the_name_of_another(world: World, database: Database) -> None:
    """The policy holds though the statement names a learner: the row must be the actor's own."""
    asks, of = await learner(world), await mentor(world)
    adding = (
        "insert into impressions values ($1, 1, $2, $3, $4, '{}', 'x', 'matcher', false, now())"
    )
    ids = uuid4(), world.tenant_id, asks.user_id, of.user_id
    neighbour = await learner(world)
    with pytest.raises(Forbidden):
        async with database.transaction(neighbour) as db:
            await db.driver.execute(adding, *ids)
    async with database.transaction(asks) as db:
        await db.driver.execute(adding, *ids)
    assert await kept(world) == 1


async def test_a_queue_that_is_full_drops_what_comes(world: World, database: Database) -> None:
    asks, of = await learner(world), await mentor(world)
    log = PostgresImpressionLog(database, pause=0, most_waiting=3)
    with capture_logs() as said:
        for _ in range(5):
            log.note(asks, impression_list(of.user_id))
        await log.settle()
    assert await kept(world) == 3
    assert [line["event"] for line in said] == ["impressions dropped"] * 2


async def test_a_database_that_is_away_costs_what_waits_and_nothing_later(
    world: World, urls: Urls
) -> None:
    asks, of = await learner(world), await mentor(world)
    away = await Database.connect(urls.app, size=1)
    await away.close()
    log = PostgresImpressionLog(away, pause=0)
    with capture_logs() as said:
        for _ in range(3):
            log.note(asks, impression_list(of.user_id))
        await log.settle()
    assert [(line["event"], line["lists"]) for line in said] == [("impressions lost", 3)]
    there = await Database.connect(urls.app, size=1)
    log.database = there
    log.note(asks, impression_list(of.user_id))
    await log.settle()
    assert await kept(world) == 1
    await there.close()


async def test_settling_what_nothing_was_noted_in_is_nothing(
    world: World, database: Database
) -> None:
    await PostgresImpressionLog(database).settle()
    stranger: Actor = replace(await learner(world), user_id=UserId(uuid4()))
    log = PostgresImpressionLog(database, pause=0)
    with capture_logs() as said:
        log.note(stranger, impression_list((await mentor(world)).user_id))
        await log.settle()
    assert [line["event"] for line in said] == ["impressions lost"], "no such account"


async def test_a_program_that_ends_in_good_order_writes_what_it_holds(
    world: World, urls: Urls
) -> None:
    asks, of = await learner(world), await mentor(world)
    settings = Settings(
        env="test",
        database_url=DatabaseUrl(urls.app),
        database_auth_url=DatabaseUrl(urls.auth),
    )
    container = wiring.make_container(
        stack.storage(settings, worker=False),
        memory.signals(),
        *wiring.outside(settings),
        HttpProvider(),
    )
    log = await container.get(ImpressionLog)
    log.note(asks, impression_list(of.user_id))
    await container.close()
    assert await kept(world) == 1
