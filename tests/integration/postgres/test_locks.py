"""Locks that are taken together do not wait for each other."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import Urls
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.postgres.accounts.writes import ADD_SIGN_IN, LOCK_OWNER, LOCK_USER
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.domain.accounts.sign_in import SignIn
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SessionId, TenantId, UserId

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
async def api(urls: Urls) -> AsyncIterator[Database]:
    made = await Database.connect(urls.auth, size=3)
    yield made
    await made.close()


@pytest.mark.row("B2")
async def test_two_log_ins_of_one_person_renew_the_hash_without_a_deadlock(
    api: Database, admin: asyncpg.Connection
) -> None:
    tenant, user = TenantId(uuid4()), uuid4()
    address = f"{user}@example.test"
    await admin.execute(
        "insert into tenants (id, slug, name) values ($1, $2, 'T')", tenant, f"t-{tenant.hex}"
    )
    await admin.execute(
        "insert into users (id, tenant_id, email, password_hash) values ($1, $2, $3, 'x')",
        user,
        tenant,
        address,
    )
    both = asyncio.Barrier(2)

    async def log_in() -> None:
        async with api.transaction(Actor.pre_authentication(tenant)) as db:
            start = SignIn.start(SessionId(uuid4()), UserId(user), b"", device="", at=NOW)
            await db.run(ADD_SIGN_IN, start)
            await both.wait()
            assert await db.row(LOCK_USER, id=user) is not None
            assert await db.row(LOCK_OWNER, email=address) is not None

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(log_in(), log_in())
    assert await admin.fetchval("select count(*) from sign_ins where user_id = $1", user) == 2
