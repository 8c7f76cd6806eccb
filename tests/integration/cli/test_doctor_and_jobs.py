"""`skillbridge doctor` and `skillbridge jobs`: what an operator sees when something is wrong."""

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import Urls
from tests.integration.cli.conftest import Invoke
from tests.support.servers.pgbouncer_process import pgbouncer, through

from skillbridge.adapters.postgres.engine import revision
from skillbridge.domain.errors import Unavailable

pytestmark = pytest.mark.row("A5", "L1", "L2")


@pytest.fixture
def migrated(invoke: Invoke, installation: Urls) -> Urls:
    assert invoke("migrate").exit_code == 0
    found = "insert into tenants (id, slug, name) values ($1, 'skillbridge', 'SkillBridge')"
    execute(installation.admin, found, uuid4())
    return installation


def marks(output: str) -> dict[str, str]:
    """The doctor's table: what was looked at, and its mark."""
    rows = [line.strip("│").split("│") for line in output.splitlines() if line.startswith("│")]
    return {row[1].strip(): row[0].strip() for row in rows if row[0].strip()}


DATABASES = (
    "database, API's login",
    "database, login of signing in",
    "database, worker's login",
)


def test_with_all_logins_and_redis_there_all_that_is_needed_is_ok(
    invoke: Invoke, migrated: Urls
) -> None:
    done = invoke("doctor")
    assert done.exit_code == 0
    assert marks(done.output) == {
        **dict.fromkeys(DATABASES, "ok"),
        "tenant": "ok",
        "Redis": "ok",
        "matcher": "absent",
        "worker": "absent",
        "mail": "ok",
        "model": "absent",
    }
    assert "PostgreSQL 18" in done.output
    assert "Valkey" in done.output
    assert "without it the Python fallback ranks" in done.output
    assert "no model is configured" in done.output  # and nobody's server was asked


def test_a_wrong_password_is_named_as_such(
    invoke: Invoke, migrated: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", migrated.app.replace(":only", ":wrong"))
    done = invoke("doctor")
    assert done.exit_code == 1
    assert marks(done.output)["database, API's login"] == "missing"
    assert 'password authentication failed for user "skillbridge_app"' in done.output
    assert "set DATABASE_URL to the login skillbridge_app" in done.output


def test_a_superuser_is_refused_as_any_login_and_the_api_as_another(
    invoke: Invoke, migrated: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", migrated.admin)
    monkeypatch.setenv("DATABASE_AUTH_URL", migrated.app)
    monkeypatch.setenv("DATABASE_WORKER_URL", migrated.app)
    done = invoke("doctor")
    assert done.exit_code == 1
    assert [marks(done.output)[name] for name in DATABASES] == ["missing"] * 3
    assert "UnsafeLogin: this login can sign nobody in: use skillbridge_auth" in done.output
    assert "UnsafeLogin: this database login sees past row level security" in done.output
    assert "UnsafeLogin: this login cannot do a worker's work" in done.output


def test_a_database_that_nobody_migrated_is_sent_to_migrate(
    invoke: Invoke, installation: Urls, urls: Urls
) -> None:
    """`urls` has made the logins, which are the server's; the tables are this database's."""
    done = invoke("doctor")
    assert done.exit_code == 1
    assert [marks(done.output)[name] for name in DATABASES] == ["missing"] * 3
    assert "run `skillbridge migrate`, or start all with `skillbridge up`" in done.output


def test_a_database_at_another_revision_is_not_ours_to_use(invoke: Invoke, migrated: Urls) -> None:
    execute(migrated.admin, "update alembic_version set version_num = '0000'")
    done = invoke("doctor")
    assert done.exit_code == 1
    assert "schema 0000, but this program wants schema" in done.output


def test_a_redis_that_is_away_is_told_and_not_needed(
    invoke: Invoke, migrated: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("MATCHER_URL", "http://127.0.0.1:1")
    done = invoke("doctor")
    assert done.exit_code == 0
    assert marks(done.output)["Redis"] == "absent"
    assert marks(done.output)["matcher"] == "absent"
    assert "jobs start within a second, not at once" in done.output


def test_unsafe_settings_are_the_first_thing_a_doctor_sees(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKILLBRIDGE_ENV", "production")
    done = invoke("doctor")
    assert done.exit_code == 1
    assert "SMTP_URL is not set: nobody could verify an address" in done.output


def execute(url: str, statement: str, *values: object) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(statement, *values)
        await connection.close()

    asyncio.run(run())


def dead_letter_a_job(url: str) -> UUID:
    job_id, tenant = uuid4(), uuid4()
    execute(url, "insert into tenants (id, slug, name) values ($1, 'dead', 'Dead')", tenant)
    execute(
        url,
        "insert into jobs (id, tenant_id, kind, slot, state, attempts, error)"
        " values ($1, $2, 'NotifyLearner', 'now', 'dead', 8, 'LookupError(''[gone]\x1b[2J'')')",
        job_id,
        tenant,
    )
    return job_id


def test_a_dead_job_is_counted_listed_and_replayed_once(invoke: Invoke, migrated: Urls) -> None:
    job_id = dead_letter_a_job(migrated.admin)
    counted = {part[0]: part[1] for part in table(invoke("jobs", "counts").output)}
    assert counted == {"ready": "0", "running": "0", "done": "0", "dead": "1"}
    listed = table(invoke("jobs", "list").output)
    assert [(row[0], row[1], row[2]) for row in listed] == [(str(job_id), "NotifyLearner", "8")]
    assert listed[0][-1] == r"LookupError('[gone]\x1b[2J')"
    assert f"{job_id} is ready again" in invoke("jobs", "replay", str(job_id)).output
    assert table(invoke("jobs", "list", "ready").output)[0][2] == "0"
    again = invoke("jobs", "replay", str(job_id))
    assert again.exit_code == 1
    assert f"{job_id} is not among the dead: see `skillbridge jobs list dead`" in again.output


def table(output: str) -> list[list[str]]:
    rows = [line.strip("│").split("│") for line in output.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in row] for row in rows]


def test_people_are_listed_given_a_role_and_signed_out(invoke: Invoke, migrated: Urls) -> None:
    invoke("seed")
    assert "amina@demo.skillbridge.test" in invoke("users", "list").output
    why = ("--reason", "Teaches on Saturdays")
    granted = invoke("users", "grant", "amina@demo.skillbridge.test", "mentor", *why)
    assert "amina@demo.skillbridge.test is mentor" in granted.output
    ended = invoke(
        *("users", "revoke-sessions", "amina@demo.skillbridge.test", "--reason", "A test")
    )
    assert "0 sign-ins and tokens of amina@demo.skillbridge.test have ended" in ended.output


def test_an_empty_mailbox_says_where_mails_would_be(invoke: Invoke, migrated: Urls) -> None:
    assert "no mail yet" in invoke("mailbox").output


async def test_a_pooler_is_told_and_migrations_do_not_go_through_it(
    invoke: Invoke, migrated: Urls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with pgbouncer(migrated.admin, tmp_path) as port:
        for name, url in {
            "DATABASE_URL": migrated.app,
            "DATABASE_AUTH_URL": migrated.auth,
            "DATABASE_WORKER_URL": migrated.worker,
            "DATABASE_ADMIN_URL": migrated.admin,
        }.items():
            monkeypatch.setenv(name, through(url, port))
        done = await asyncio.to_thread(invoke, "doctor")
        assert done.exit_code == 0
        assert done.output.count("through a pooler by transaction") == 3
        with pytest.raises(Unavailable, match="leads through a connection pooler"):
            await asyncio.to_thread(invoke, "migrate")


def test_before_seed_the_doctor_says_that_nobody_can_register(
    invoke: Invoke, migrated: Urls
) -> None:
    execute(migrated.admin, "truncate tenant_settings")
    execute(migrated.admin, "delete from tenants")
    done = invoke("doctor")
    assert done.exit_code == 1
    assert marks(done.output)["tenant"] == "missing"
    assert "run `skillbridge seed`" in done.output


@pytest.mark.parametrize(
    ("found", "way_out"),
    [("0001", "older: run `skillbridge migrate`"), ("9999", "newer: start the program that")],
)
def test_which_of_database_and_program_is_newer_is_told(
    invoke: Invoke, migrated: Urls, found: str, way_out: str
) -> None:
    execute(migrated.admin, f"update alembic_version set version_num = '{found}'")
    done = invoke("doctor")
    assert done.exit_code == 1
    assert f"the database is {way_out}" in done.output


def test_a_mail_server_and_a_model_that_are_away_are_told_by_name(
    invoke: Invoke, migrated: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("SMTP_TLS", "none")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    done = invoke("doctor")
    assert marks(done.output)["mail"] == marks(done.output)["model"] == "absent"
    assert "see SMTP_URL" in done.output
    assert "see OPENAI_API_KEY" in done.output


def test_all_dead_jobs_of_a_kind_try_again_at_once(invoke: Invoke, migrated: Urls) -> None:
    assert "none of any kind is dead" in invoke("jobs", "replay", "--kind", "DraftRoadmap").output
    dead_letter_a_job(migrated.admin)
    wrong = invoke("jobs", "replay", "--kind", "DraftRoadmap", "--yes")
    assert wrong.exit_code == 1
    assert "the dead are of NotifyLearner" in wrong.output
    asked = invoke("jobs", "replay", "--kind", "NotifyLearner")  # nobody answers
    assert (asked.exit_code, "1 dead jobs of kind NotifyLearner" in asked.output) == (1, True)
    done = invoke("jobs", "replay", "--kind", "NotifyLearner", "--yes")
    assert "1 jobs of kind NotifyLearner are ready again" in done.output
    assert invoke("jobs", "replay").exit_code == 2


def test_the_version_names_program_and_schema(invoke: Invoke) -> None:
    assert f"schema {revision.newest()}" in invoke("--version").output
