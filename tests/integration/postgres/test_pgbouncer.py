"""Behind a real PgBouncer by transaction, as hosts offer it: nothing relies on a session."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import astuple
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import func, select
from tests.conftest import PASSWORD, Urls
from tests.support.given.story import three_modules_done
from tests.support.programs.command import program, said
from tests.support.servers.pgbouncer_process import pgbouncer, through

from skillbridge.adapters import schema
from skillbridge.adapters.postgres.engine.database import NOWHERE, Database
from skillbridge.adapters.postgres.engine.pooler import pooler_between
from skillbridge.adapters.postgres.engine.statements import Read
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.entrypoints.cli.story import Story
from skillbridge.entrypoints.seeding import PASSWORD as MENTORS
from skillbridge.local.health import until_ready
from skillbridge.local.ports import free_port

SERVER_CONNECTIONS = 3
WHO = Read(select(func.app.user_id()))


@pytest.fixture(scope="module")
async def pooler(own_urls: Urls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[int]:
    folder = tmp_path_factory.mktemp("pgbouncer")
    async with pgbouncer(own_urls.admin, folder, connections=SERVER_CONNECTIONS) as port:
        yield port


@pytest.fixture
def pooled(own_urls: Urls, pooler: int) -> Urls:
    return Urls(*(through(url, pooler) for url in astuple(own_urls)))


@pytest.mark.parametrize("setting", [{}, {"DATABASE_POOLER": "transaction"}])
async def test_the_whole_story_with_two_apis_and_a_worker(
    pooled: Urls, redis_url: str, tmp_path: Path, setting: dict[str, str]
) -> None:
    """Told or found out, no answer is a fault, though six learners share three connections."""
    variables = {
        "DATABASE_URL": pooled.app,
        "DATABASE_AUTH_URL": pooled.auth,
        "DATABASE_WORKER_URL": pooled.worker,
        "REDIS_URL": redis_url,
        "SKILLBRIDGE_ENV": "local",
        "SKILLBRIDGE_HOME": str(tmp_path),
    } | setting
    async with program("seed", **variables) as seed:
        assert await seed.wait() == 0
    ports, answers = [free_port(), free_port()], Counter[int]()
    async with (
        program("serve", "--port", str(ports[0]), **variables),
        program("serve", "--port", str(ports[1]), **variables),
        program("worker", **variables) as worker,
    ):
        await said(worker, "worker.ready", within=120)
        for port in ports:
            await until_ready(port)
        await asyncio.gather(*(tell(port, answers) for port in ports * 3))
        await tell(ports[0], answers, to_the_end=True)
    assert answers.total() > 100
    assert not {status: count for status, count in answers.items() if status >= 500}


async def tell(port: int, answers: Counter[int], *, to_the_end: bool = False) -> None:
    async def count(response: httpx.Response) -> None:
        answers[response.status_code] += 1

    async with Story.at(f"http://127.0.0.1:{port}", mentor_password=MENTORS) as story:
        story.http.event_hooks["response"].append(count)
        await three_modules_done(story)
        suggestions = await story.suggestions()
        await story.badges({"first-step"})
        if to_the_end:
            await story.match_with_the_best(suggestions)
            await story.notices(at_least=4)


async def test_a_pooler_is_known_by_the_process_number_that_it_makes_up(
    urls: Urls, pooled: Urls
) -> None:
    for url, expected in ((urls.app, False), (pooled.app, True)):
        driver = await asyncpg.connect(url, statement_cache_size=0)
        assert await pooler_between(driver) is expected
        await driver.close()


async def test_without_a_pooler_statements_keep_their_names(urls: Urls, pooled: Urls) -> None:
    assert [await prepared(url) for url in (urls.app, pooled.app)] == [1, 0]


async def prepared(url: str) -> int:
    """How many statements the server keeps after a read."""
    database = await Database.connect(url, size=1)
    try:
        async with database.transaction(Actor.pre_authentication(TenantId(uuid4()))) as db:
            await db.driver.fetchval("select 'kept'")
            (names,) = await db.driver.fetchrow(
                "select count(*) from pg_prepared_statements where statement = 'select ''kept'''"
            )
    finally:
        await database.close()
    return int(names)


async def test_many_at_once_on_few_connections_never_see_through_another(pooled: Urls) -> None:
    """A read is parsed and run at one connection of the server, and leaves nothing there."""
    database = await Database.connect(pooled.app, size=12)
    strangers = 0

    async def ask() -> None:
        nonlocal strangers
        actor = Actor.person(UserId(uuid4()), TenantId(uuid4()))
        for _ in range(10):
            ((who,),) = await database.read(actor, WHO)
            strangers += who != actor.user_id
            async with database.transaction(actor) as db:
                strangers += await db.driver.fetchval("select app.user_id()") != actor.user_id

    try:
        await asyncio.gather(*(ask() for _ in range(12)))
    finally:
        await database.close()
    assert strangers == 0


async def test_a_read_that_is_given_up_at_any_moment_holds_no_connection_of_the_server(
    pooled: Urls,
) -> None:
    """Between parsing and running, too, when the pooler keeps the connection for what comes."""
    leaving = await Database.connect(pooled.app, size=SERVER_CONNECTIONS, minimum=3)
    staying = await Database.connect(pooled.app, size=SERVER_CONNECTIONS + 1)  # one is a second one
    try:
        await asyncio.gather(*(given_up(leaving, turns / 5000) for turns in range(20)))
        async with AsyncExitStack() as opened:
            for _ in range(SERVER_CONNECTIONS):
                await opened.enter_async_context(staying.transaction(NOWHERE))
    finally:
        await leaving.close()
        await staying.close()


async def given_up(database: Database, after: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(after):
            await database.read(NOWHERE, WHO)


async def test_migrations_refuse_to_go_through_a_pooler(pooled: Urls, urls: Urls) -> None:
    with pytest.raises(Unavailable, match="DATABASE_ADMIN_URL leads through a connection pooler"):
        await schema.prepare(
            pooled.admin, app_password=PASSWORD, auth_password=PASSWORD, worker_password=PASSWORD
        )
