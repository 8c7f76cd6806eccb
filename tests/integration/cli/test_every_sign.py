"""Passwords of every sign let the programs in, and what other clients write into addresses does no harm."""

import os
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from skillbridge.local.ports import free_port
from skillbridge.local.postgres import PostgresServer, embedded_postgres

pytestmark = pytest.mark.row("A3", "A6")

EVERY_SIGN = "".join(map(chr, range(0x21, 0x7F))) + " é\N{SNOWMAN}"
OF_OTHERS = (
    "connect_timeout=10&keepalives=1&gssencmode=disable&channel_binding=prefer&schema=public"
)


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PostgresServer]:
    """One of its own: passwords of logins are the server's, not a database's."""
    folder = tmp_path_factory.mktemp("every-sign")
    async with embedded_postgres(folder, throwaway=True) as made:
        admin = await asyncpg.connect(made.admin_url)
        quoted = await admin.fetchval("select quote_literal($1::text)", EVERY_SIGN)
        await admin.execute(f"alter role postgres password {quoted}")
        await admin.close()
        yield made


def address(server: PostgresServer, login: str, scheme: str = "postgresql") -> str:
    url = server.url(login, quote(EVERY_SIGN, safe=""))
    return f"{url.replace('postgresql', scheme, 1)}?{OF_OTHERS}"


async def skillbridge(folder: Path, *command: str, **given: str) -> str:
    """What it prints; it must succeed."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "COLUMNS": "200"} | given
    process = await create_subprocess_exec(
        sys.executable, "-m", "skillbridge", *command, env=env, cwd=folder,
        stdin=DEVNULL, stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said
    return said


async def test_migrate_the_api_and_the_worker_get_in(
    server: PostgresServer, redis_url: str, tmp_path: Path
) -> None:
    given = {
        "SKILLBRIDGE_ENV": "test",
        "SKILLBRIDGE_APP_PASSWORD": EVERY_SIGN,
        "SKILLBRIDGE_AUTH_PASSWORD": EVERY_SIGN,
        "SKILLBRIDGE_WORKER_PASSWORD": EVERY_SIGN,
        "DATABASE_ADMIN_URL": address(server, "postgres", "postgres"),
        "DATABASE_URL": address(server, "skillbridge_app", "postgresql+asyncpg"),
        "DATABASE_AUTH_URL": address(server, "skillbridge_auth"),
        "DATABASE_WORKER_URL": address(server, "skillbridge_worker"),
        "REDIS_URL": redis_url,
    }
    assert "stands at revision" in await skillbridge(tmp_path, "migrate", **given)
    await skillbridge(tmp_path, "seed", **given)  # doctor misses a tenant
    found = await skillbridge(tmp_path, "doctor", **given)
    assert found.count("PostgreSQL 18") == 3


async def test_up_gets_in_too(server: PostgresServer, tmp_path: Path) -> None:
    given = {
        "SKILLBRIDGE_HOME": str(tmp_path / "home"),
        "DATABASE_URL": address(server, "postgres"),
        "PORT": str(free_port()),
    }
    said = await skillbridge(tmp_path, "up", "--no-matcher", "--exit-when-ready", **given)
    assert "SkillBridge is ready" in said
