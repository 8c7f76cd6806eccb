"""`skillbridge migrate` and `skillbridge seed`: from an empty database to people."""

import asyncio
import json
import stat
import sys
from pathlib import Path
from unittest.mock import AsyncMock, Mock

import asyncpg
import pytest
from tests.conftest import PASSWORD as DATABASE_PASSWORD
from tests.conftest import Urls
from tests.integration.cli.conftest import Invoke
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters import schema
from skillbridge.adapters.postgres.engine import revision
from skillbridge.domain.errors import Unavailable
from skillbridge.entrypoints.seeding import PASSWORD, read_people
from skillbridge.local.postgres import embedded_postgres

pytestmark = pytest.mark.row("A6", "B3")


async def scalar(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def test_migrate_makes_the_logins_and_the_tables_and_again_changes_nothing(
    invoke: Invoke, installation: Urls
) -> None:
    for _ in ("fresh", "again"):
        done = invoke("migrate")
        assert done.exit_code == 0
        assert f"the database stands at revision {revision.newest()}" in done.output
    owner = "select tableowner from pg_tables where tablename = 'users'"
    assert asyncio.run(scalar(installation.admin, owner)) == schema.OWNER
    assert asyncio.run(scalar(installation.app, "select current_user")) == schema.APP


def test_without_an_administrator_migrate_says_what_to_set(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_ADMIN_URL")
    done = invoke("migrate")
    assert done.exit_code == 2
    assert "DATABASE_ADMIN_URL is not set: give a login that may create roles" in done.output


def test_a_server_that_is_away_or_refuses_is_told_in_a_sentence(
    invoke: Invoke, installation: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_ADMIN_URL", "postgresql://a:b@127.0.0.1:1/c")
    with pytest.raises(Unavailable, match="the database cannot be reached: "):
        invoke("migrate")
    monkeypatch.setenv("DATABASE_ADMIN_URL", installation.app.replace(":only", ":wrong"))
    with pytest.raises(
        Unavailable, match=r"does not let this login in: password auth.* may create roles"
    ):
        invoke("migrate")


async def test_two_migrations_at_once_end_well(installation: Urls) -> None:
    async def migrate() -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "skillbridge", "migrate", stdout=asyncio.subprocess.DEVNULL
        )
        return await asyncio.wait_for(process.wait(), PATIENCE)

    assert [*await asyncio.gather(migrate(), migrate())] == [0, 0]
    question = "select version_num from alembic_version"
    assert await scalar(installation.admin, question) == revision.newest()


async def test_a_downgrade_to_nothing_leaves_no_table(installation: Urls) -> None:
    await schema.prepare(
        installation.admin,
        app_password=DATABASE_PASSWORD,
        auth_password=DATABASE_PASSWORD,
        worker_password=DATABASE_PASSWORD,
    )
    await schema.upgrade(installation.admin)
    await schema.downgrade(installation.admin, "base")
    assert await schema.revision_of(installation.admin) is None
    tables = "select string_agg(tablename, ' ') from pg_tables where schemaname = 'public'"
    assert await scalar(installation.admin, tables) == "alembic_version"


def test_seed_makes_people_once_and_writes_their_accounts_for_its_owner_alone(
    invoke: Invoke, installation: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = tmp_path / "demo-accounts.json"
    monkeypatch.setenv("SKILLBRIDGE_DEMO_FILE", str(accounts))
    number = len(read_people())
    invoke("migrate")
    assert f"tenant skillbridge: {number} of {number} people are new" in invoke("seed").output
    assert f"tenant skillbridge: 0 of {number} people are new" in invoke("seed").output
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o600
    shown = json.loads(accounts.read_bytes())
    assert {account["role"] for account in shown} == {person.role for person in read_people()}
    assert {account["password"] for account in shown} == {PASSWORD}
    stored = asyncio.run(scalar(installation.admin, "select count(*) from users"))
    assert stored == number
    mentors = [person for person in read_people() if person.role == "mentor"]
    assert asyncio.run(scalar(installation.admin, "select count(*) from mentors")) == len(mentors)


@pytest.mark.asvs("6.3.2")
def test_on_a_server_seed_makes_the_tenant_and_no_people(
    invoke: Invoke,
    installation: Urls,
    on_server: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("SKILLBRIDGE_DEMO_FILE", str(tmp_path / "accounts"))
    invoke("migrate")
    assert "tenant skillbridge: 0 of 0 people are new" in invoke("seed").output
    assert (
        asyncio.run(scalar(installation.admin, "select slug from tenants where slug <> 'nobody'"))
        == "skillbridge"
    )
    assert not (tmp_path / "accounts").exists()


async def test_a_password_is_set_again_when_another_session_changed_the_login_just_then() -> None:
    clash = asyncpg.InternalServerError("tuple concurrently updated")
    session = Mock(fetchval=AsyncMock(return_value="'secret'"))
    session.execute = AsyncMock(side_effect=[clash, None])
    await schema._password(session, schema.APP, "secret")
    assert session.execute.await_count == 2
    session.execute = AsyncMock(side_effect=[clash] * 3)
    with pytest.raises(asyncpg.InternalServerError):
        await schema._password(session, schema.APP, "secret")


async def test_a_database_that_a_newer_program_migrated_is_left_as_it_is(
    installation: Urls,
) -> None:
    await schema.prepare(
        installation.admin,
        app_password=DATABASE_PASSWORD,
        auth_password=DATABASE_PASSWORD,
        worker_password=DATABASE_PASSWORD,
    )
    await schema.upgrade(installation.admin)
    admin = await asyncpg.connect(installation.admin)
    await admin.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(Unavailable, match="the database is newer"):
        await schema.upgrade(installation.admin)
    assert await admin.fetchval("select version_num from alembic_version") == "9999"
    await admin.close()


async def test_logins_that_could_not_log_in_are_not_made(tmp_path: Path) -> None:
    """Roles are the server's, so that one needs a server of its own; a second administrator, too."""
    async with embedded_postgres(tmp_path, throwaway=True) as server:

        async def prepare(app: str, auth: str, worker: str) -> None:
            await schema.prepare(
                server.admin_url, app_password=app, auth_password=auth, worker_password=worker
            )

        with pytest.raises(
            Unavailable,
            match="set SKILLBRIDGE_APP_PASSWORD and SKILLBRIDGE_AUTH_PASSWORD and SKILLBRIDGE_WORK",
        ):
            await prepare("", "", "")
        admin = await asyncpg.connect(server.admin_url)
        assert not await admin.fetch("select from pg_roles where rolname like 'skillbridge%'")
        with pytest.raises(Unavailable, match="could not log in without a password"):
            await prepare("x", "", "y")
        await prepare("x", "w", "y")
        await prepare("", "", "")
        await admin.execute("create role second login createrole password 'z'")
        await admin.close()
        second = server.url("second", "z")
        words = (
            "(?s)made by another administrator, and second may not.* to second with admin option"
        )
        with pytest.raises(Unavailable, match=words):
            await schema.prepare(second, app_password="x", auth_password="w", worker_password="y")
