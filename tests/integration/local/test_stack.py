"""The whole local stack, with stand-ins for our own programs and the real PostgreSQL and Valkey."""

import asyncio
import json
import os
import shutil
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import asyncpg
import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from tests.integration.local.conftest import Diary, all_gone, eventually
from tests.support.timing.patience import PATIENCE

from skillbridge.local import CannotStart, Options, local_stack
from skillbridge.local.health import is_ready, until_ready
from skillbridge.local.home import make_home
from skillbridge.local.ports import is_free
from skillbridge.local.processes import Program, launch
from skillbridge.local.records import records_in
from skillbridge.settings import UnsafeSettings, variable
from skillbridge.settings.kinds import is_secret
from skillbridge.settings.model import FIELDS

pytestmark = pytest.mark.row("A6", "E1")
MakeOptions = Callable[..., Options]


def seen(home: Path, role: str) -> dict[str, str]:
    """Return the environment a stand-in was given."""
    env: dict[str, str] = json.loads((home / f"seen-{role}.json").read_text())
    return env


async def refused(options: Options) -> str:
    with pytest.raises(CannotStart) as refusal:
        async with local_stack(options, Diary()):
            pytest.fail("the stack started")
    return str(refusal.value)


def pid_of(home: Path, name: str) -> int:
    """Return the pid of a running child; 0 between two lives."""
    return next((record.pid for record in records_in(make_home(home)) if record.name == name), 0)


async def test_the_first_start_brings_everything_up_and_the_end_leaves_nothing(
    options: MakeOptions, home: Path, diary: Diary
) -> None:
    asked = options()
    async with local_stack(asked, diary) as running:
        assert await is_ready(asked.port)
        assert running.url == f"http://127.0.0.1:{asked.port}"
        assert diary.lines == [
            f"Data folder {home}",
            "PostgreSQL",
            "Valkey",
            "matcher: no matcher-rs source here: suggestions come from the Python fallback",
            "Migrations",
            "Seed data",
            "Worker and API",
        ]
        connection = await asyncpg.connect(seen(home, "migrate")["DATABASE_ADMIN_URL"])
        assert await connection.fetchval("SELECT current_database()") == "skillbridge"
        await connection.close()
        async with Redis.from_url(running.env["REDIS_URL"]) as redis:
            assert await redis.set("wake", "up")
    await all_gone(home)
    assert is_free(asked.port)
    assert list((home / "run").glob("*.json")) == []


async def test_each_program_is_told_what_it_needs_and_no_more(
    options: MakeOptions, home: Path, diary: Diary
) -> None:
    foreign = {"AWS_SECRET_ACCESS_KEY": "of the terminal", "SMTP_PASSWORD": "of the terminal"}
    async with local_stack(asked := options(env=foreign), diary):
        await _written(home / "seen-worker.json")
    secret = {variable(field.name) for field in FIELDS if is_secret(field.type)}
    both = {"REDIS_URL", "MATCHER_SECRET", "SKILLBRIDGE_SECRET_KEYS"}
    of_the_folder = json.loads((home / "keys.json").read_text())["matcher"]
    worked_with = {
        "serve": {"DATABASE_URL", "DATABASE_AUTH_URL", *both},
        "worker": {"DATABASE_WORKER_URL", *both},
        "seed": {"DATABASE_WORKER_URL", "REDIS_URL"},
        "migrate": {
            "DATABASE_ADMIN_URL",
            "SKILLBRIDGE_APP_PASSWORD",
            "SKILLBRIDGE_AUTH_PASSWORD",
            "SKILLBRIDGE_WORKER_PASSWORD",
        },
    }
    for role, names in worked_with.items():
        told = seen(home, role)
        assert told.keys() & secret == names
        assert not told.keys() & {"AWS_SECRET_ACCESS_KEY", "SMTP_PASSWORD"}
        assert told["SKILLBRIDGE_ENV"] == "local"
        assert told["SKILLBRIDGE_HOME"] == str(home)
        assert told["SKILLBRIDGE_MAIL_DIR"] == str(home / "mail")
        assert told["MATCHER_URL_FILE"] == str(home / "run" / "matcher.url")
        assert told.get("MATCHER_SECRET") in {None, of_the_folder}
        assert told["PORT"] == str(asked.port)
        assert told["SKILLBRIDGE_PUBLIC_URL"] == f"http://127.0.0.1:{asked.port}"
    migrate, api = seen(home, "migrate"), seen(home, "serve")
    assert f"skillbridge_app:{migrate['SKILLBRIDGE_APP_PASSWORD']}@" in api["DATABASE_URL"]
    auth_login = f"skillbridge_auth:{migrate['SKILLBRIDGE_AUTH_PASSWORD']}@"
    assert auth_login in api["DATABASE_AUTH_URL"]
    worker_login = f"skillbridge_worker:{migrate['SKILLBRIDGE_WORKER_PASSWORD']}@"
    assert worker_login in seen(home, "worker")["DATABASE_WORKER_URL"]
    assert len(api["SKILLBRIDGE_SECRET_KEYS"]) >= 43


async def _written(path: Path) -> None:
    await eventually(lambda: path.exists() and path.stat().st_size > 0)


async def test_a_second_start_finds_the_data_the_secrets_and_the_ports(
    options: MakeOptions, home: Path, diary: Diary
) -> None:
    asked = options()
    async with local_stack(asked, diary):
        before = seen(home, "serve")
        connection = await asyncpg.connect(seen(home, "migrate")["DATABASE_ADMIN_URL"])
        await connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        await connection.close()
    async with local_stack(asked, diary):
        after = seen(home, "serve")
        connection = await asyncpg.connect(seen(home, "migrate")["DATABASE_ADMIN_URL"])
        assert await connection.fetchval("SELECT n FROM kept") == 7
        await connection.close()
    for name in ("DATABASE_URL", "REDIS_URL", "SKILLBRIDGE_SECRET_KEYS"):
        assert after[name] == before[name]


async def test_given_servers_replace_ours(options: MakeOptions, home: Path, diary: Diary) -> None:
    given = {
        "DATABASE_URL": "postgresql://api@db.example/app",
        "DATABASE_AUTH_URL": "postgresql://auth@db.example/app",
        "DATABASE_WORKER_URL": "postgresql://worker@db.example/app",
        "DATABASE_ADMIN_URL": "postgresql://admin@db.example/app",
        "REDIS_URL": "redis://cache.example/3",
        "MATCHER_URL": "http://matcher.example",
        "MATCHER_SECRET": "theirs",
        "SKILLBRIDGE_SECRET_KEYS": "mine",
    }
    async with local_stack(options(env=given), diary):
        await _written(home / "seen-worker.json")
    assert "SKILLBRIDGE_APP_PASSWORD" not in seen(home, "migrate")
    matcher = {"MATCHER_URL", "MATCHER_SECRET"}
    reached = {
        "migrate": {"DATABASE_ADMIN_URL", "MATCHER_URL"},
        "serve": {
            *("DATABASE_URL", "DATABASE_AUTH_URL", "REDIS_URL"),
            *(*matcher, "SKILLBRIDGE_SECRET_KEYS"),
        },
        "worker": {"DATABASE_WORKER_URL", "REDIS_URL", *matcher, "SKILLBRIDGE_SECRET_KEYS"},
        "seed": {"DATABASE_WORKER_URL", "REDIS_URL", "MATCHER_URL"},
    }
    for role, names in reached.items():
        told = seen(home, role)
        assert {name for name, value in given.items() if told.get(name) == value} == names
        assert "MATCHER_URL_FILE" not in told
    assert not (home / "servers").exists()
    assert "PostgreSQL: the one that DATABASE_URL names" in diary.lines
    assert "matcher: the one that MATCHER_URL names" in diary.lines


async def test_a_given_database_is_an_administrators_and_the_programs_get_logins_of_their_own(
    options: MakeOptions, home: Path, diary: Diary
) -> None:
    url = "postgresql://root:s%40fe@db.example:6432/app?user=root&sslmode=require"
    given = {"DATABASE_URL": url, "REDIS_URL": "redis://given"}
    async with local_stack(options(env=given), diary):
        await _written(home / "seen-worker.json")
    migrate = seen(home, "migrate")
    assert migrate["DATABASE_ADMIN_URL"] == url
    place = "db.example:6432/app?sslmode=require"
    app = f"skillbridge_app:{migrate['SKILLBRIDGE_APP_PASSWORD']}"
    worker = f"skillbridge_worker:{migrate['SKILLBRIDGE_WORKER_PASSWORD']}"
    auth = f"skillbridge_auth:{migrate['SKILLBRIDGE_AUTH_PASSWORD']}"
    assert seen(home, "serve")["DATABASE_URL"] == f"postgresql://{app}@{place}"
    assert seen(home, "serve")["DATABASE_AUTH_URL"] == f"postgresql://{auth}@{place}"
    for role in ("worker", "seed"):
        assert seen(home, role)["DATABASE_WORKER_URL"] == f"postgresql://{worker}@{place}"
    for role in ("serve", "worker", "seed"):
        assert url not in seen(home, role).values()


@pytest.mark.parametrize(
    "half",
    [
        {"DATABASE_ADMIN_URL"},
        {"DATABASE_URL", "DATABASE_WORKER_URL"},
        {"DATABASE_URL", "DATABASE_WORKER_URL", "DATABASE_ADMIN_URL"},
    ],
)
async def test_half_of_a_database_is_refused_with_the_way_out(
    options: MakeOptions, diary: Diary, half: set[str]
) -> None:
    with pytest.raises(UnsafeSettings, match="give DATABASE_URL alone"):
        async with local_stack(options(env=dict.fromkeys(half, "postgresql://given")), diary):
            pytest.fail("it started")


def given_servers() -> dict[str, str]:
    """Return an environment in which no server has to be started: for tests about the programs."""
    return {"DATABASE_URL": "postgresql://given", "REDIS_URL": "redis://given"}


async def test_without_matcher_nothing_of_a_matcher_is_told(
    options: MakeOptions, home: Path, diary: Diary
) -> None:
    env = given_servers() | {"MATCHER_URL": "http://matcher.example", "MATCHER_SECRET": "theirs"}
    asked = replace(options(env=env), matcher=False, seed=False)
    async with local_stack(asked, diary):
        told = seen(home, "serve")
    assert not [name for name in told if name.startswith("MATCHER_")]
    assert "matcher: left out (--no-matcher)" in diary.lines
    assert not (home / "seen-seed.json").exists()


async def test_a_taken_port_is_refused_with_its_holder_and_a_free_one(
    options: MakeOptions,
) -> None:
    asked = options(env=given_servers())
    with socket.create_server(("127.0.0.1", asked.port)):
        message = await refused(asked)
    assert f"Port {asked.port} is taken by" in message
    assert f"(pid {os.getpid()})" in message
    assert "skillbridge up --port" in message


async def test_a_folder_in_use_is_refused_with_the_pid_that_holds_it(
    options: MakeOptions, diary: Diary
) -> None:
    asked = options(env=given_servers())
    async with local_stack(asked, diary):
        message = await refused(asked)
    assert f"in use by another `skillbridge up` (pid {os.getpid()})" in message
    assert "SKILLBRIDGE_HOME" in message


@pytest.fixture
def stale_lock(home: Path) -> Path:
    home.mkdir()
    (home / "lock").write_text("4194304\n")
    return home / "lock"


def first_line(path: Path) -> str:
    return path.read_text().splitlines()[0]


async def test_a_stale_lock_is_no_obstacle(
    options: MakeOptions, stale_lock: Path, diary: Diary
) -> None:
    async with local_stack(options(env=given_servers()), diary):
        assert first_line(stale_lock) == str(os.getpid())


async def test_what_a_killed_run_left_is_ended_and_told(
    options: MakeOptions, home: Path, diary: Diary
) -> None:
    left = await launch(Program("api", ("/bin/sleep", "60"), {}, Path("/")), make_home(home))
    async with local_stack(options(env=given_servers()), diary):
        assert await left.wait() == -signal.SIGTERM
    assert diary.lines[0] == "ended what a killed run had left: api"


async def test_a_full_disk_is_refused_before_the_database_meets_it(
    options: MakeOptions, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", Mock(return_value=Mock(free=50 * 1024 * 1024)))
    message = await refused(options())
    assert "has 50 MB free and the database needs 400 MB" in message
    assert not (home / "servers").exists()


async def test_a_failed_migration_stops_the_start_with_its_last_words(
    options: MakeOptions, home: Path
) -> None:
    message = await refused(options(env=given_servers(), migrate="fail"))
    assert message.startswith("migrate failed (exit code 1).\nrelation badges does not exist\n")
    assert str(home / "logs" / "migrate.log") in message
    await all_gone(home)


async def test_an_api_that_ends_at_once_stops_the_start(options: MakeOptions, home: Path) -> None:
    message = await refused(options(env=given_servers(), serve="fail"))
    assert message.startswith("api did not start (exit code 1).")
    await all_gone(home)


async def test_a_program_that_does_not_exist_is_named(options: MakeOptions) -> None:
    asked = options(env=given_servers())
    commands = replace(asked.commands, migrate=("/nowhere/skillbridge", "migrate"))
    assert "/nowhere/skillbridge cannot be started" in await refused(
        replace(asked, commands=commands)
    )


async def test_a_killed_api_and_a_killed_database_come_back(
    options: MakeOptions, home: Path, diary: Diary
) -> None:
    asked = options()
    async with local_stack(asked, diary) as running:
        for name in ("api", "postgres", "valkey"):
            os.kill(before := pid_of(home, name), signal.SIGKILL)
            await _replaced(home, name, before)
        async with asyncio.timeout(PATIENCE):
            await until_ready(asked.port)
            await _connects(seen(home, "migrate")["DATABASE_ADMIN_URL"])
            await _answers(running.env["REDIS_URL"])
    assert "api ended (killed by SIGKILL); again in 0.5 s" in diary.lines
    await all_gone(home)


async def test_api_and_worker_start_again_when_the_code_changes(
    options: MakeOptions, home: Path, diary: Diary, tmp_path: Path
) -> None:
    (package := tmp_path / "clone" / "src" / "skillbridge").mkdir(parents=True)
    asked = options(env=given_servers())
    asked = replace(asked, checkout=tmp_path / "clone", matcher=False, reload=True)

    def told_of(name: str) -> bool:
        (package / name).write_text("what is written before it watches is not seen")
        return any(f"{name} changed: worker and api start again" in line for line in diary.lines)

    async with local_stack(asked, diary):
        for name in ("first.py", "second.py"):
            before = [pid_of(home, "api"), pid_of(home, "worker")]
            (package / "notes.txt").write_text("no code")
            await eventually(partial(told_of, name))
            await _replaced(home, "api", before[0])
            await _replaced(home, "worker", before[1])
    assert not [line for line in diary.lines if "again in" in line], "a wish is no death"
    await all_gone(home)


async def test_what_is_installed_cannot_be_watched(options: MakeOptions) -> None:
    message = await refused(replace(options(env=given_servers()), reload=True))
    assert message.startswith("--reload watches src/ of a checkout")


async def _replaced(home: Path, name: str, before: int) -> None:
    await eventually(lambda: pid_of(home, name) not in {0, before})


async def _connects(url: str) -> None:
    while True:
        try:
            connection: Any = await asyncpg.connect(url)
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.05)
        else:
            await connection.close()
            return


async def _answers(url: str) -> None:
    async with Redis.from_url(url) as redis:
        while True:
            try:
                await redis.ping()
            except RedisConnectionError:
                await asyncio.sleep(0.05)
            else:
                return
