"""The database as a part that can fail: every failure has a meaning, and nothing leaks."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import bindparam, func, literal, literal_column, select, text
from structlog.testing import capture_logs
from tests.conftest import Urls
from tests.support.timing.patience import PATIENCE, turns

from skillbridge.adapters.postgres.engine import database as module
from skillbridge.adapters.postgres.engine import revision
from skillbridge.adapters.postgres.engine.connection_cache import while_holding
from skillbridge.adapters.postgres.engine.database import Database, UnsafeLogin
from skillbridge.adapters.postgres.engine.error_mapping import translate
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.kernel.tables import events, jobs
from skillbridge.domain.actor import Actor, PrincipalKind
from skillbridge.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    SkillBridgeError,
    Unavailable,
)
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.local.waiting import until

WHO = Read(select(func.app.user_id()))


def somebody() -> Actor:
    return Actor.person(UserId(uuid4()), TenantId(uuid4()))


@pytest.fixture
async def database(urls: Urls) -> AsyncIterator[Database]:
    made = await Database.connect(urls.app, size=4)
    yield made
    await made.close()


@pytest.mark.row("B2")
async def test_each_transaction_knows_its_own_actor(database: Database) -> None:
    """Many at once on few connections, some cancelled, some failing: nobody sees through another."""
    wrong, ends = 0, Counter[str]()

    async def ask(chance: random.Random) -> None:
        nonlocal wrong
        actor = somebody()
        async with database.transaction(actor) as db:
            wrong += await db.value(WHO) != actor.user_id
            await asyncio.sleep(chance.random() / 500)
            if chance.random() < 0.1:
                raise ZeroDivisionError
            wrong += await db.value(WHO) != actor.user_id
        ((who,),) = await database.read(actor, WHO)
        wrong += who != actor.user_id

    seeds = random.Random(7)
    tasks = [asyncio.create_task(ask(random.Random(seeds.random()))) for _ in range(200)]
    for task in seeds.sample(tasks, 40):
        await asyncio.sleep(0.001)
        task.cancel()
    for end in await asyncio.gather(*tasks, return_exceptions=True):
        ends[type(end).__name__] += 1
    assert wrong == 0
    assert ends["CancelledError"] >= 1
    assert ends["NoneType"] >= 100
    assert sum(ends.values()) == 200
    said = (
        "select app.user_id(), app.tenant_id(), nullif(current_setting('app.standing', true), '')"
    )
    for driver in [await database.connections.take(1) for _ in range(3)]:
        assert not driver.is_in_transaction()
        assert list(await driver.fetchrow(said)) == [None] * 3
        database.connections.keep(driver)


@pytest.mark.parametrize("repeatable", [True, False])
async def test_a_repeatable_transaction_sees_one_moment(
    database: Database, admin: asyncpg.Connection, *, repeatable: bool
) -> None:
    name, seen = uuid4().hex, list[int]()
    query = "select count(*) from processes where version = $1"
    async with database.transaction(somebody(), read_only=True, repeatable=repeatable) as db:
        seen.append(await db.driver.fetchval(query, name))
        await admin.execute(
            "insert into processes (id, part, version) values (gen_random_uuid(), 'worker', $1)",
            name,
        )
        seen.append(await db.driver.fetchval(query, name))
    assert seen == ([0, 0] if repeatable else [0, 1])


async def ended(admin: asyncpg.Connection, server: int) -> bool:
    query = "select count(*) from pg_stat_activity where pid = $1"
    return bool(await admin.fetchval(query, server) == 0)


async def test_a_connection_that_died_between_two_uses_is_replaced(
    database: Database, urls: Urls
) -> None:
    async with database.transaction(somebody()) as db:
        gone = await db.driver.fetchval("select pg_backend_pid()")
    admin = await asyncpg.connect(urls.admin)
    try:
        await admin.execute("select pg_terminate_backend($1)", gone)
        async with asyncio.timeout(PATIENCE):
            await until(lambda: ended(admin, gone), every=0.01)
    finally:
        await admin.close()
    await turns()  # in which its end is read
    for _ in range(2):
        async with database.transaction(somebody()) as db:
            assert await db.driver.fetchval("select pg_backend_pid()") != gone


async def test_who_is_cancelled_at_each_step_of_tidying_up_costs_no_connection(
    database: Database,
) -> None:
    """As whoever leaves a stream is."""

    async def servers() -> set[int]:
        drivers = [await database.connections.take(5) for _ in range(3)]
        found = {await driver.fetchval("select pg_backend_pid()") for driver in drivers}
        for driver in drivers:
            database.connections.keep(driver)
        return found

    async def ask() -> None:
        async with database.transaction(somebody()) as db:
            await db.driver.fetchval("select pg_sleep(0.01)")

    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    before = await servers()
    for round_ in range(40):
        asking = asyncio.create_task(ask())
        await asyncio.sleep(round_ / 4000)
        while not asking.done():
            asking.cancel()
            await asyncio.sleep(0)
    assert await servers() == before
    assert told == []


async def test_who_waits_for_a_connection_gets_the_next_or_is_told_to_come_back(
    database: Database,
) -> None:
    held = [await database.connections.take(1) for _ in range(3)]
    with pytest.raises(TimeoutError):
        await database.connections.take(0.01)
    waiting = asyncio.create_task(database.connections.take(5))
    await asyncio.sleep(0)
    database.connections.keep(held[0])
    assert await waiting is held[0]
    for driver in held:
        await database.connections.let_go(driver)
    async with database.transaction(somebody()) as db:
        assert await db.driver.fetchval("select 1") == 1


async def test_who_holds_a_connection_gets_a_second_one_whatever_others_hold(
    database: Database,
) -> None:
    """One of the four is for that alone; it is lent to one after the other."""
    held = [await database.connections.take(1) for _ in range(3)]
    for _ in range(2):
        with while_holding():
            second = await database.connections.take(1)
            with pytest.raises(TimeoutError):
                await database.connections.take(0.01)
        with pytest.raises(TimeoutError):
            await database.connections.take(0.01)
        database.connections.keep(second)
    for driver in held:
        database.connections.keep(driver)
    again = [await database.connections.take(1) for _ in range(3)]
    assert len({*again}) == 3
    for driver in again:
        database.connections.keep(driver)


@pytest.mark.parametrize(
    ("sql", "meaning"),
    [
        ("select 'x'::int", Invalid),
        ("insert into tenants (id, slug, name) values (gen_random_uuid(), 'x', 'x')", Forbidden),
        ("select pg_sleep(0.001), 1/0", Invalid),
        ("set local statement_timeout = 5; select pg_sleep(1)", Unavailable),
        ("set transaction read only; create temporary table t (a int)", Unavailable),
        ("do $$ begin raise unique_violation; end $$", Conflict),
        ("do $$ begin raise foreign_key_violation; end $$", NotFound),
        ("do $$ begin raise check_violation; end $$", Invalid),
        ("do $$ begin raise serialization_failure; end $$", Unavailable),
        ("do $$ begin raise deadlock_detected; end $$", Unavailable),
        ("do $$ begin raise insufficient_privilege; end $$", Forbidden),
    ],
)
async def test_what_the_server_says_has_a_meaning(
    database: Database, sql: str, meaning: type[SkillBridgeError]
) -> None:
    with pytest.raises(meaning):
        async with database.transaction(somebody()) as db:
            await db.driver.execute(sql)


def test_an_error_is_made_anew_each_time() -> None:
    """One made once would keep the frames, and with them the values, of all who raised it."""
    fault = asyncpg.UniqueViolationError()
    first, second = translate(fault), translate(fault)
    assert isinstance(first, Conflict)
    assert isinstance(second, Conflict)
    assert first is not second


async def test_a_failure_that_somebody_passed_over_is_not_taken_for_a_success(
    database: Database,
) -> None:
    with pytest.raises(RuntimeError, match="nothing of this is stored"):  # noqa: PT012  at its end
        async with database.transaction(somebody()) as db:
            with suppress(asyncpg.DivisionByZeroError):
                await db.driver.execute("select 1/0")
    async with database.transaction(somebody()) as db:
        assert await db.driver.fetchval("select 1") == 1


@pytest.mark.parametrize("value", ["nul \0 here", "lone \ud800 surrogate"])
async def test_text_that_cannot_be_stored_is_the_clients_fault(
    database: Database, value: str
) -> None:
    echo = Query(select(func.upper(bindparam("value"))))
    with pytest.raises(Invalid, match="cannot be stored"):
        async with database.transaction(somebody()) as db:
            await db.value(echo, value=value)


async def test_a_number_far_too_large_is_the_clients_fault(database: Database) -> None:
    limited = Query(select(events.c.id).limit(bindparam("most")))
    with pytest.raises(Invalid, match="cannot be stored"):
        async with database.transaction(somebody()) as db:
            await db.rows(limited, most=2**70)


async def test_our_own_mistakes_keep_their_name(database: Database) -> None:
    with pytest.raises(asyncpg.UndefinedColumnError):
        async with database.transaction(somebody()) as db:
            await db.driver.execute("select no_such_column from tenants")


async def test_a_full_pool_says_when_to_come_back(
    urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ACQUIRE_SECONDS", 0.05)
    database = await Database.connect(urls.app, size=1)
    async with database.transaction(somebody()):
        with pytest.raises(Unavailable, match="busy") as refused:
            async with database.transaction(somebody()):
                pytest.fail("there was room")
    assert refused.value.retry_after == 2
    await database.close()


async def test_a_lost_connection_is_replaced(urls: Urls, admin: asyncpg.Connection) -> None:
    database = await Database.connect(urls.app, size=1)
    with pytest.raises(Unavailable):  # noqa: PT012  the server ends it in the middle
        async with database.transaction(somebody()) as db:
            pid = await db.driver.fetchval("select pg_backend_pid()")
            await admin.execute("select pg_terminate_backend($1, 5000)", pid)
            await db.value(WHO)
    async with database.transaction(somebody()) as db:
        assert await db.value(WHO) is not None
    await database.close()


async def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await Database.connect("postgresql://nobody@127.0.0.1:1/nothing", size=1)


@pytest.mark.row("B2")
async def test_a_login_that_sees_past_the_policies_is_refused(urls: Urls) -> None:
    with pytest.raises(UnsafeLogin, match="row level security"):
        await Database.connect(urls.admin, size=1)


@pytest.mark.row("B2")
async def test_only_a_worker_can_be_the_system(urls: Urls, database: Database) -> None:
    with pytest.raises(UnsafeLogin, match="skillbridge_worker"):
        await database.require_believed(PrincipalKind.SYSTEM)
    worker = await Database.connect(urls.worker, size=1)
    await worker.require_believed(PrincipalKind.SYSTEM)
    await worker.close()
    forged = Actor.system(TenantId(uuid4()))
    async with database.transaction(forged) as db:
        assert await db.driver.fetchval("select app.is_system()") is False


@pytest.fixture
async def both(urls: Urls) -> AsyncIterator[Database]:
    """The two logins of an API, with two connections each."""
    app, auth = [await Database.connect(url, size=2) for url in (urls.app, urls.auth)]
    made = replace(app, auth=auth)
    yield made
    await made.close()


LOGIN = Read(select(literal_column("current_user::text").label("login")))


@pytest.mark.row("B2")
@pytest.mark.parametrize(
    ("actor", "login"),
    [
        (Actor.pre_authentication(TenantId(uuid4())), "skillbridge_auth"),
        (somebody(), "skillbridge_app"),
        (Actor.system(TenantId(uuid4())), "skillbridge_app"),
        (module.NOWHERE, "skillbridge_app"),
    ],
    ids=["not known yet", "a person", "the system", "nobody"],
)
async def test_who_is_not_known_yet_comes_by_the_login_of_signing_in(
    both: Database, actor: Actor, login: str
) -> None:
    async with both.transaction(actor) as db:
        assert await db.value(LOGIN) == login
    row = await both.read_one(actor, LOGIN)
    assert row is not None
    assert row["login"] == login


@pytest.mark.row("B2")
async def test_the_logins_do_not_wait_for_each_others_connections(both: Database) -> None:
    """And each has a second one for who holds one already."""
    assert both.auth is not None
    unknown = Actor.pre_authentication(TenantId(uuid4()))
    for holder, other in ((unknown, somebody()), (somebody(), unknown)):
        async with both.transaction(holder), both.transaction(other):
            with while_holding():
                for actor in (holder, other):
                    assert await both.read(actor, LOGIN)


@pytest.mark.row("B2")
async def test_only_the_login_of_signing_in_is_believed_before_anybody_is_known(
    both: Database,
) -> None:
    assert both.auth is not None
    await both.auth.require_believed(PrincipalKind.PRE_AUTHENTICATION)
    with pytest.raises(UnsafeLogin, match="skillbridge_auth"):
        await both.require_believed(PrincipalKind.PRE_AUTHENTICATION)
    with pytest.raises(UnsafeLogin, match="skillbridge_worker"):
        await both.auth.require_believed(PrincipalKind.SYSTEM)


@pytest.mark.row("A5")
async def test_versions_are_told(database: Database) -> None:
    assert (await database.version()).endswith(f"schema {revision.newest()}")


async def test_rows_that_changed_are_counted(urls: Urls) -> None:
    worker = await Database.connect(urls.worker, size=1)
    nothing = Query(jobs.update().where(jobs.c.id == bindparam("wanted")).values(error=None))
    async with worker.transaction(Actor.system(TenantId(uuid4()))) as db:
        assert await db.run(nothing, wanted=uuid4()) == 0
        row = await db.row(Query(select(literal(1).label("one"))))
    assert row is not None
    assert row["one"] == 1
    await worker.close()


def test_a_query_is_compiled_once_and_asks_for_what_it_needs() -> None:
    query = Query(
        select(events.c.id).where(events.c.name == bindparam("wanted"), events.c.at > text("now()"))
    )
    assert "$1" in query.sql
    assert query.arguments({"wanted": "x", "more": "ignored"}) == ["x"]
    with pytest.raises(KeyError, match="wanted"):
        query.arguments({})
    constant = Query(select(events.c.id).where(events.c.name == "fixed"))
    assert constant.arguments({}) == ["fixed"]


def test_a_list_of_values_is_one_parameter() -> None:
    with pytest.raises(ValueError, match="any_"):
        Query(select(events.c.id).where(events.c.name.in_(["a", "b"])))


async def test_no_address_is_told_and_nothing_else_is_taken_for_it() -> None:
    with pytest.raises(Unavailable, match="skillbridge up"):
        await Database.connect("", size=1)


async def test_closing_waits_for_what_is_still_in_use(urls: Urls) -> None:
    """A connection that came back meanwhile and was kept at hand held the pool open for five seconds."""
    database = await Database.connect(urls.app, size=4)
    in_use = await database.connections.take(PATIENCE)
    closing = asyncio.create_task(database.connections.close())
    await turns()
    assert not closing.done()
    database.connections.keep(in_use)
    await closing
    assert database.pool.get_idle_size() == database.pool.get_size()
    await database.close()


@pytest.mark.row("C6")
async def test_what_the_database_itself_refuses_is_told_to_operators(database: Database) -> None:
    """The scope and the rule come first: whoever gets so far met a fault of ours, or attacks."""
    with capture_logs() as lines, pytest.raises(Forbidden):
        async with database.transaction(somebody()) as db:
            await db.driver.fetch("select from refresh_tokens")
    told = [line for line in lines if line["event"] == "database.refused"]
    assert [(line["log_level"], line["reason"]) for line in told] == [
        ("error", "permission denied for table refresh_tokens")
    ]
