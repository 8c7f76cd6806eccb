"""What all tests stand on: a database server of their own, and the world on either backend."""

import os
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import hypothesis
import pytest
import structlog
from dishka.code_tools import code_builder
from tests.support.given.world import World, memory_world, postgres_world
from tests.support.programs.command import unread

from skillbridge.adapters import schema
from skillbridge.local.postgres import embedded_postgres
from skillbridge.local.valkey import embedded_valkey

PASSWORD = "only-in-tests"
ENDPOINTS = Path(__file__).parent / "http"
"""Whose tests are on memory, where they do not say that they are on PostgreSQL."""

# Neither of the two says anything about our code: they measure how busy the machine is.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

# By itself structlog draws each frame of an exception with all its variables: seconds for one.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)


# Each container writes its factories as source and compiles it: for thousands of them the same.
code_builder.compile = cache(compile)  # type: ignore[attr-defined]  # in the place of the built-in


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs on memory is marked so and gets no socket: it starts no server and asks none."""
    for item in items:
        chosen = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if "memory" in chosen or (item.path.is_relative_to(ENDPOINTS) and "postgres" not in chosen):
            item.add_marker("memory")
            item.add_marker("disable_socket")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed shows what the programs said that ran beside it."""
    report = yield
    if report.failed:
        report.sections += unread()
    return report


@dataclass(frozen=True)
class Urls:
    """One migrated database, by login."""

    admin: str
    app: str
    auth: str
    worker: str


def as_login(url: str, user: str) -> str:
    parts = urlsplit(url)
    host = f"{parts.hostname}:{parts.port}"
    return urlunsplit(parts._replace(netloc=f"{user}:{PASSWORD}@{host}"))


def by_login(url: str) -> Urls:
    """Of an administrator's address."""
    logins = (schema.APP, schema.AUTH, schema.WORKER)
    return Urls(url, *(as_login(url, login) for login in logins))


def in_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The administrator's address of a PostgreSQL server: given, or one of our own."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    async with embedded_postgres(tmp_path_factory.mktemp("postgres"), throwaway=True) as own:
        yield own.admin_url


CROWD = """
insert into tenants (id, slug, name)
select gen_random_uuid(), 'crowd-' || number, 'Crowd' from generate_series(1, 1500) as number
"""


async def new_database(server: str) -> Urls:
    name = f"sb_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(server)
    await admin.execute(f"create database {name}")
    await admin.close()
    url = in_database(server, name)
    await schema.prepare(
        url, app_password=PASSWORD, auth_password=PASSWORD, worker_password=PASSWORD
    )
    await schema.upgrade(url)
    return by_login(url)


@pytest.fixture(scope="session")
async def urls(server: str) -> AsyncIterator[Urls]:
    """A migrated database; tests keep apart by tenants of their own.

    A crowd of tenants is there before the first test: what only holds while few tests have run
    before fails at once, and not in the order of some other day.
    """
    made = await new_database(server)
    admin = await asyncpg.connect(made.admin)
    await admin.execute(CROWD)
    await admin.close()
    yield made
    admin = await asyncpg.connect(server)
    await admin.execute(f"drop database {urlsplit(made.admin).path[1:]} with (force)")
    await admin.close()


@pytest.fixture(scope="session")
async def redis_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A Valkey of our own."""
    async with embedded_valkey(tmp_path_factory.mktemp("valkey"), throwaway=True) as url:
        yield url


@pytest.fixture
async def admin(urls: Urls) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection, which sees past every policy."""
    connection = await asyncpg.connect(urls.admin)
    yield connection
    await connection.close()


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest) -> World:
    """The application on either backend, in a new tenant; only the other one needs a server."""
    made: World = request.getfixturevalue(f"world_on_{request.param}")
    return made


@pytest.fixture
async def world_on_memory() -> AsyncIterator[World]:
    async with memory_world() as made:
        yield made


@pytest.fixture
async def world_on_postgres(urls: Urls) -> AsyncIterator[World]:
    async with postgres_world(urls) as made:
        yield made
