"""`skillbridge privacy`: which requests wait, and what is past its term."""

import asyncio

import asyncpg
import pytest
from tests.conftest import Urls
from tests.integration.cli.conftest import Invoke

pytestmark = pytest.mark.row("C9")

OLD = """
insert into events (id, tenant_id, name, payload, at, recorded_at)
select gen_random_uuid(), id, 'RoadmapReady', '{}', now(), now() - interval '401 days'
from tenants where slug = 'skillbridge'
"""


def execute(url: str, sql: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(sql)
        await connection.close()

    asyncio.run(run())


def test_what_is_past_its_term_is_shown_and_then_deleted(
    invoke: Invoke, installation: Urls
) -> None:
    assert invoke("migrate").exit_code == 0
    assert invoke("seed").exit_code == 0
    execute(installation.admin, OLD)
    shown = invoke("privacy", "retention", "--dry-run").output
    (line,) = [one for one in shown.splitlines() if "events" in one]
    assert "400 days after recorded_at" in line
    assert "ForgetByAge" in line
    assert "events: 1 deleted" in invoke("privacy", "retention").output
    assert "events: 0 deleted" in invoke("privacy", "retention").output


def test_requests_that_wait_are_listed_by_the_end_of_their_days(
    invoke: Invoke, installation: Urls
) -> None:
    assert invoke("migrate").exit_code == 0
    assert invoke("seed").exit_code == 0
    execute(
        installation.admin,
        """with somebody as (
            insert into users (id, tenant_id, email, password_hash, created_at)
            select gen_random_uuid(), id, 'amina@example.org', 'x', now() from tenants
            where slug = 'skillbridge' returning *
        ) insert into privacy_requests (id, tenant_id, user_id, kind, state, asked_at, due_at, acts_at, receipts)
        select gen_random_uuid(), tenant_id, id, kind, 'waiting', asked, asked + interval '30 days', asked, '{}'
        from somebody, (values ('erasure', timestamptz '2026-01-02'), ('export', '2026-01-01'))
            as asked (kind, asked)""",
    )
    shown = invoke("privacy", "requests").output
    assert shown.index("export") < shown.index("erasure")
    assert "2026-01-31" in shown
