"""The commands as an operator types them, against real servers."""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import pytest
from tests.conftest import PASSWORD, Urls, by_login, in_database
from typer.testing import CliRunner, Result

from skillbridge.entrypoints.cli.main import app

Invoke = Callable[..., Result]
OURS = ("SKILLBRIDGE_", "DATABASE_", "REDIS_", "MATCHER_", "SMTP_", "OPENAI_", "PORT")


@pytest.fixture
async def empty(server: str) -> AsyncIterator[Urls]:
    """A new database that nobody has migrated."""
    name = f"cli_{os.urandom(6).hex()}"
    admin = await asyncpg.connect(server)
    await admin.execute(f"create database {name}")
    url = in_database(server, name)
    yield by_login(url)
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest.fixture
def installation(
    empty: Urls, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Urls:
    """The environment of an installation whose database is still empty."""
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)
    for name, value in {
        "SKILLBRIDGE_ENV": "local",
        "SKILLBRIDGE_HOME": str(tmp_path),
        "SKILLBRIDGE_APP_PASSWORD": PASSWORD,
        "SKILLBRIDGE_AUTH_PASSWORD": PASSWORD,
        "SKILLBRIDGE_WORKER_PASSWORD": PASSWORD,
        "DATABASE_ADMIN_URL": empty.admin,
        "DATABASE_URL": empty.app,
        "DATABASE_AUTH_URL": empty.auth,
        "DATABASE_WORKER_URL": empty.worker,
        "REDIS_URL": redis_url,
        "COLUMNS": "300",
    }.items():
        monkeypatch.setenv(name, value)
    return empty


@pytest.fixture
def on_server(installation: Urls, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same installation, as a server that others reach."""
    for name, value in {
        "SKILLBRIDGE_ENV": "production",
        "SKILLBRIDGE_SECRET_KEYS": os.urandom(32).hex(),
        "SKILLBRIDGE_PUBLIC_URL": "https://api.example.org",
        "SKILLBRIDGE_MAIL_FROM": "no-reply@skillbridge.org",
        "SMTP_URL": "smtp://mail.example.org",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def invoke(installation: Urls) -> Invoke:
    """`invoke("jobs", "list", "dead")`; nothing that a command raises gets lost."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments, catch_exceptions=False)

    return run
