"""`skillbridge serve` and `skillbridge worker`: they start, and they stop when told to."""

import asyncio
import socket
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import asyncpg
import httpx
import pytest
from tests.conftest import PASSWORD, Urls, as_login
from tests.integration.cli.conftest import Invoke
from tests.support.programs.command import ended, program, said
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.postgres.engine.revision import newest
from skillbridge.entrypoints import asgi
from skillbridge.entrypoints.cli import serve as serve_module
from skillbridge.entrypoints.cli import worker as worker_module
from skillbridge.local.errors import CannotStart
from skillbridge.local.health import is_ready, until_ready
from skillbridge.local.ports import alone_at, free_port, is_free
from skillbridge.local.postgres import embedded_postgres
from skillbridge.local.waiting import until
from skillbridge.settings import UnsafeSettings
from skillbridge.settings.model import FIELDS

pytestmark = pytest.mark.row("A6")


@pytest.fixture
def migrated(invoke: Invoke, installation: Urls) -> Urls:
    assert invoke("migrate").exit_code == 0
    return installation


async def test_serve_answers_until_sigterm_and_leaves_its_port_free(migrated: Urls) -> None:
    port = free_port()
    async with program("serve", PORT=str(port)) as api:
        async with asyncio.timeout(PATIENCE):
            await until_ready(port)
        assert await ended(api) == 0
    assert is_free(port)


async def test_serve_behind_a_trusted_proxy_answers_too(migrated: Urls) -> None:
    port = free_port()
    proxies = {"SKILLBRIDGE_TRUSTED_PROXIES": "127.0.0.1"}
    async with program("serve", "--port", str(port), "--workers", "2", **proxies) as api:
        async with asyncio.timeout(PATIENCE):
            await until_ready(port)
        assert await ended(api) == 0


async def test_serve_with_a_login_that_sees_past_the_policies_never_gets_ready(
    migrated: Urls,
) -> None:
    port = free_port()
    async with program("serve", "--port", str(port), DATABASE_URL=migrated.admin) as api:
        await said(api, "sees past row level security")
        assert not await is_ready(port)


PROGRAMS = (("serve",), ("worker",), ("seed",))


async def told(*command: str, **variables: str) -> str:
    """What a program says that cannot start."""
    async with program(*command, **variables) as one:
        async with asyncio.timeout(PATIENCE):
            out, _ = await one.communicate()
        assert one.returncode == 1
        return out.decode()


@pytest.mark.parametrize("command", PROGRAMS, ids=str)
async def test_without_its_role_a_program_says_who_makes_it(
    migrated: Urls, command: tuple[str, ...]
) -> None:
    nobody = as_login(migrated.admin, "skillbridge_nobody")
    addresses = dict.fromkeys(("DATABASE_URL", "DATABASE_AUTH_URL", "DATABASE_WORKER_URL"), nobody)
    said = await told(*command, **addresses)
    (sentence,) = [line for line in said.splitlines() if "--memory" not in line]
    assert sentence.startswith("Unavailable: the database does not let this login in: ")
    assert 'user "skillbridge_nobody"' in sentence
    assert (
        "either it is not there yet or its password is another; `skillbridge migrate`" in sentence
    )


@pytest.mark.parametrize("command", PROGRAMS, ids=str)
async def test_in_a_database_without_tables_a_program_says_who_makes_them(
    installation: Urls, urls: Urls, command: tuple[str, ...]
) -> None:
    """`urls` has made the logins, which are the server's."""
    said = await told(*command)
    (sentence,) = [line for line in said.splitlines() if "--memory" not in line]
    assert sentence == (
        "SchemaDiffers: nobody has migrated this database yet: run `skillbridge migrate`"
    )


@pytest.mark.parametrize("command", ["worker", "seed"])
async def test_a_login_that_is_not_the_system_does_no_work_of_it(
    migrated: Urls, command: str
) -> None:
    """It would see no tenant's jobs, and wait for ever."""
    said = await told(command, DATABASE_WORKER_URL=migrated.app)
    assert said == "UnsafeLogin: this login cannot do a worker's work: use skillbridge_worker\n"


async def test_an_api_does_not_start_with_a_login_that_can_sign_nobody_in(migrated: Urls) -> None:
    said = await told("serve", "--port", str(free_port()), DATABASE_AUTH_URL=migrated.app)
    assert said.startswith("UnsafeLogin: this login can sign nobody in: use skillbridge_auth")


async def test_on_a_server_without_our_roles_that_is_told_in_a_sentence(
    redis_url: str, tmp_path: Path
) -> None:
    async with embedded_postgres(tmp_path / "bare", throwaway=True) as server:
        admin = await asyncpg.connect(server.admin_url)
        await admin.execute(f"create role anybody login password '{PASSWORD}'")
        await admin.execute("create table alembic_version (version_num text)")
        await admin.execute("grant select on alembic_version to anybody")
        await admin.close()
        url = as_login(server.admin_url, "anybody")
        variables = {
            "SKILLBRIDGE_ENV": "local",
            "REDIS_URL": redis_url,
            "DATABASE_WORKER_URL": url,
        }
        assert "cannot do a worker's work" in await told("worker", **variables)


async def test_health_tells_of_missing_workers_and_of_another_schema(migrated: Urls) -> None:
    port = free_port()
    admin = await asyncpg.connect(migrated.admin)
    async with (
        program("serve", "--port", str(port)),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client,
    ):
        await until_ready(port)
        degraded = await client.get("/health/ready")
        for version, way_out in (("0001", "run `skillbridge migrate`"), ("9999", "or a later one")):
            await admin.execute("update alembic_version set version_num = $1", version)
            down = await client.get("/health/ready")
            assert (down.status_code, down.json()["status"]) == (503, "down")
            told = state(down, "database")
            assert told["reason"].startswith(f"schema {version}, but this program wants schema ")
            assert told["reason"].endswith(way_out)
            assert (told["up"], told["critical"]) == (False, True)
    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
    worker = state(degraded, "worker")
    assert worker["reason"] == "no worker lives: what follows from events waits"
    assert (worker["up"], worker["critical"]) == (False, False)
    assert f"schema {newest()}" in state(degraded, "database")["version"]
    await admin.close()


def state(answer: httpx.Response, name: str) -> dict[str, Any]:
    states: list[dict[str, Any]] = answer.json()["dependencies"]
    return next(one for one in states if one["name"] == name)


async def test_a_worker_takes_up_what_is_due_and_stops_on_sigterm(migrated: Urls) -> None:
    async with program("worker") as worker:
        await said(worker, "worker.ready")
        admin = await asyncpg.connect(migrated.admin)
        tenant = "insert into tenants (id, slug, name) values (gen_random_uuid(), 'work', 'Work')"
        await admin.execute(tenant)
        await admin.execute(
            "insert into jobs (id, tenant_id, kind, slot)"
            " select gen_random_uuid(), id, 'Unknown', 'now' from tenants"
        )
        await said(worker, "job.left")
        assert await ended(worker) == 0
        assert await admin.fetchval("select error from jobs where kind = 'Unknown'")
        await admin.close()


async def test_a_worker_that_is_stopped_closes_what_it_opened(
    migrated: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping = asyncio.Event()
    stopping.set()
    monkeypatch.setattr(worker_module, "stop_on_signals", lambda: stopping)
    await asyncio.to_thread(worker_module.worker)
    admin = await asyncpg.connect(migrated.admin)
    logins = "select count(*) from pg_stat_activity where usename = 'skillbridge_worker'"
    assert await admin.fetchval(f"{logins} and datname = current_database()") == 0
    await admin.close()


@pytest.mark.parametrize(("proxies", "address"), [("", "10.0.0.9"), ("10.0.0.9", "203.0.113.7")])
async def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
    installation: Urls, monkeypatch: pytest.MonkeyPatch, proxies: str, address: str
) -> None:
    seen = Mock(return_value=Mock(side_effect=_answer))
    monkeypatch.setattr(asgi, "create_app", seen)
    monkeypatch.setenv("SKILLBRIDGE_TRUSTED_PROXIES", proxies)
    transport = httpx.ASGITransport(asgi.app(), client=("10.0.0.9", 1))  # type: ignore[arg-type]  # two spellings of ASGI
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        headers = {"X-Forwarded-For": "203.0.113.7"}
        assert (await client.get("/", headers=headers)).text == address


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["client"][0].encode()})


@pytest.mark.parametrize("env", ["local", "test"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "laptop.example", ""])
def test_what_is_for_one_person_listens_to_no_other_machine(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, env: str, host: str
) -> None:
    server = Mock()
    monkeypatch.setattr(serve_module, "Granian", server)
    monkeypatch.setenv("SKILLBRIDGE_ENV", env)
    with pytest.raises(UnsafeSettings, match=f"SKILLBRIDGE_ENV={env} is for this one alone"):
        invoke("serve", "--host", host)
    server.assert_not_called()


def test_without_a_word_about_where_it_is_nothing_is_served(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SKILLBRIDGE_ENV")
    for command in ("serve", "worker", "migrate", "seed"):
        with pytest.raises(UnsafeSettings, match="say one of: local, test, staging, production"):
            invoke(command)


def test_serve_hands_the_server_its_place(
    invoke: Invoke, migrated: Urls, monkeypatch: pytest.MonkeyPatch, on_server: None
) -> None:
    server = Mock()
    monkeypatch.setattr(serve_module, "Granian", server)
    monkeypatch.setenv("PORT", "8123")
    assert invoke("serve", "--host", "0.0.0.0", "--workers", "3").exit_code == 0
    (target,), given = server.call_args
    assert target == "skillbridge.entrypoints.asgi:app"
    assert (given["address"], given["port"], given["workers"]) == ("0.0.0.0", 8123, 3)
    most = next(field for field in FIELDS if field.name == "streams").type.__metadata__[0].le
    assert given["backpressure"] > most, "whoever comes is answered, also with every stream taken"
    server.return_value.serve.assert_called_once_with()


async def test_a_second_server_at_one_port_is_refused_in_words(migrated: Urls) -> None:
    """Servers share their port among their processes; a stranger must not join them unseen."""
    port = free_port()
    async with program("serve", "--port", str(port)) as first:
        await until_ready(port)
        async with program("serve", "--port", str(port)) as second:
            assert f"port {port} is taken by " in await said(second, "CannotStart")
            assert await second.wait() == 1
        assert await is_ready(port)
        assert await ended(first) == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_port_that_others_would_share_is_taken(host: str) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=r"is taken by .*pid"), alone_at(host, port):
            pass


def test_of_two_servers_that_start_at_one_moment_one_is_refused() -> None:
    port = free_port()
    with (
        alone_at("127.0.0.1", port),
        pytest.raises(CannotStart, match="is taken"),
        alone_at("127.0.0.1", port),
    ):
        pass


async def test_a_worker_that_was_killed_is_missed_and_a_stopped_one_says_goodbye(
    migrated: Urls, invoke: Invoke
) -> None:
    admin = await asyncpg.connect(migrated.admin)
    beats = "select count(*) from processes where part = 'worker'"
    assert "no worker lives" in (await asyncio.to_thread(invoke, "doctor")).output
    async with program("worker") as worker:
        await said(worker, "worker.ready")
        await until(lambda: heard(admin, beats, 1), every=0.05)
        assert "1 of version" in (await asyncio.to_thread(invoke, "doctor")).output
        assert await ended(worker) == 0
    assert await admin.fetchval(beats) == 0
    async with program("worker") as worker:
        await until(lambda: heard(admin, beats, 1), every=0.05)
        worker.kill()
        await worker.wait()
    await admin.execute("update processes set beat_at = now() - interval '21 s'")  # time passes
    assert "no worker lives" in (await asyncio.to_thread(invoke, "doctor")).output
    await admin.close()


async def heard(admin: asyncpg.Connection, beats: str, number: int) -> bool:
    return bool(await admin.fetchval(beats) == number)
