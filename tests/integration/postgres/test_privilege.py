"""What the API's login cannot give itself, whatever SQL it is made to run."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import Urls

from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Forbidden
from skillbridge.domain.ids import TenantId, UserId

pytestmark = pytest.mark.row("B2")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
async def api(urls: Urls) -> AsyncIterator[Database]:
    made = await Database.connect(urls.app, size=1)
    yield made
    await made.close()


@pytest.fixture
async def tenant(admin: asyncpg.Connection) -> TenantId:
    made = TenantId(uuid4())
    await admin.execute(
        "insert into tenants (id, slug, name) values ($1, $2, 'T')", made, f"t-{made.hex}"
    )
    return made


async def register(admin: asyncpg.Connection, tenant: TenantId) -> UUID:
    user = uuid4()
    await admin.execute(
        """insert into users (id, tenant_id, email, password_hash)
        values ($1, $2, $3, 'x')""",
        user,
        tenant,
        f"{user}@example.test",
    )
    return user


@pytest.mark.parametrize("status", ["active", "completed"])
async def test_a_match_begins_with_a_request(
    api: Database, tenant: TenantId, admin: asyncpg.Connection, status: str
) -> None:
    """A learner's own row may not say that the mentor has agreed."""
    learner, mentor = await register(admin, tenant), await register(admin, tenant)
    await admin.execute(
        "insert into mentors (user_id, tenant_id, headline, capacity) values ($1, $2, 'x', 5)",
        mentor,
        tenant,
    )
    add = """insert into matches
        (id, tenant_id, learner_id, mentor_id, status, requested_at, expires_at)
        values (gen_random_uuid(), $1, $2, $3, $4, $5, $6)"""
    row = (tenant, learner, mentor)
    times = (NOW, NOW + timedelta(hours=72))
    actor = Actor.person(UserId(learner), tenant)
    with pytest.raises(Forbidden):
        async with api.transaction(actor) as db:
            await db.driver.execute(add, *row, status, *times)
    async with api.transaction(actor) as db:
        await db.driver.execute(add, *row, "requested", *times)
