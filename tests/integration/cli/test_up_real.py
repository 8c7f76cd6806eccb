"""`skillbridge up` with the real commands: from nothing to ready, the whole story, and after kill -9."""

import asyncio
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from tests.conftest import PASSWORD, in_database
from tests.integration.local.conftest import living
from tests.support.programs.command import ended, program, said
from typer.testing import CliRunner, Result

from skillbridge.entrypoints.cli.main import app
from skillbridge.local.health import is_ready
from skillbridge.local.ports import free_port, is_free

pytestmark = [pytest.mark.row("A6", "E1")]
CLEAN = (
    *("DATABASE_URL", "DATABASE_AUTH_URL", "DATABASE_WORKER_URL", "DATABASE_ADMIN_URL"),
    *("REDIS_URL", "MATCHER_URL"),
)


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder to be, in a place that every account may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="skillbridge-test-"))
    folder.chmod(0o711)
    yield folder / "home"
    for pid in living(folder / "home"):  # only a test that failed leaves any
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CLEAN:
        monkeypatch.delenv(name, raising=False)


@asynccontextmanager
async def up(home: Path, port: int, **given: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A stack that says that it is ready."""
    told = {"SKILLBRIDGE_HOME": str(home), "PORT": str(port), **given}
    began = time.monotonic()
    async with program("up", "--no-matcher", **told) as stack:
        await said(stack, "SkillBridge is ready")
        print(f"up was ready after {time.monotonic() - began:.1f} s")  # noqa: T201  for -s
        yield stack


async def test_from_nothing_to_the_end_of_the_story_and_on_after_kill_9(home: Path) -> None:
    port = free_port()
    async with up(home, port) as first:
        told = await demo(port)
        assert told.exit_code == 0, told.output
        assert "The whole story works." in told.output
        first.kill()
        await first.wait()
        async with up(home, port) as second:
            assert await is_ready(port)
            accounts = json.loads((home / "demo-accounts.json").read_bytes())
            assert {account["role"] for account in accounts} == {"learner", "mentor", "admin"}
            assert await ended(second) == 0
    assert living(home) == set()
    assert is_free(port)


async def test_a_given_server_gets_its_logins_and_keeps_its_administrator_to_itself(
    home: Path, server: str, redis_url: str
) -> None:
    """The passwords of the logins, which are the server's, stay as other tests know them."""
    write_keys(home)
    admin, name = await asyncpg.connect(server), f"up_{os.urandom(6).hex()}"
    await admin.execute(f"create database {name}")
    url, port = in_database(server, name), free_port()
    async with up(home, port, DATABASE_URL=url, REDIS_URL=redis_url) as stack:
        logins = "select distinct usename from pg_stat_activity where datname = $1"
        found = {row[0] for row in await admin.fetch(logins, name)}
        assert found == {"skillbridge_app", "skillbridge_auth", "skillbridge_worker"}
        assert await ended(stack) == 0
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()
    assert not (home / "servers").exists()


def write_keys(home: Path) -> None:
    home.mkdir(mode=0o711)
    names = ("postgres", "app", "auth", "worker", "valkey", "secret")
    secrets = dict.fromkeys(names, PASSWORD) | {"secret": "k" * 43}
    (home / "keys.json").write_text(json.dumps(secrets))


async def test_the_story_without_a_stack_says_how_to_start_one() -> None:
    told = await demo(free_port())
    assert told.exit_code == 1
    assert "does not answer: is `skillbridge up` running?" in told.output


async def demo(port: int) -> Result:
    """What `make smoke` does, in a thread of this process."""
    command = ("demo", "--url", f"http://127.0.0.1:{port}")
    return await asyncio.to_thread(CliRunner(env={"COLUMNS": "200"}).invoke, app, command)
