"""`skillbridge serve` and `skillbridge worker`: they start, and they stop when told to."""

import asyncio

import asyncpg
import pytest
from tests.conftest import Urls
from tests.integration.cli.conftest import Invoke
from tests.integration.cli.programs import ended, program, said

from skillbridge.entrypoints.local.health import is_ready, until_ready
from skillbridge.entrypoints.local.ports import free_port, is_free

pytestmark = pytest.mark.row("A6")


@pytest.fixture
def migrated(invoke: Invoke, installation: Urls) -> Urls:
    assert invoke("migrate").exit_code == 0
    return installation


async def test_serve_answers_until_sigterm_and_leaves_its_port_free(migrated: Urls) -> None:
    port = free_port()
    async with program("serve", PORT=str(port)) as api:
        async with asyncio.timeout(30):
            await until_ready(port)
        assert await ended(api) == 0
    assert is_free(port)


async def test_serve_behind_a_trusted_proxy_answers_too(migrated: Urls) -> None:
    port = free_port()
    proxies = {"SKILLBRIDGE_TRUSTED_PROXIES": "127.0.0.1"}
    async with program("serve", "--port", str(port), "--workers", "2", **proxies) as api:
        async with asyncio.timeout(30):
            await until_ready(port)
        assert await ended(api) == 0


async def test_serve_with_a_login_that_sees_past_the_policies_never_gets_ready(
    migrated: Urls,
) -> None:
    port = free_port()
    async with program("serve", "--port", str(port), DATABASE_URL=migrated.admin) as api:
        await said(api, "sees past row level security")
        assert not await is_ready(port)


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
        await said(worker, "job.failed")
        assert await ended(worker) == 0
        assert await admin.fetchval("select error from jobs where kind = 'Unknown'")
        await admin.close()
