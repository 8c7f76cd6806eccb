"""What the database lets happen to a match is what the domain's table lets happen."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.rules import MATCH

from skillbridge.domain.matching.match import MatchStatus

NOW = datetime.now(UTC)
ALLOWED = {(source, to) for sources, to in MATCH.values() for source in sources}


@pytest.fixture
async def pair(admin: asyncpg.Connection) -> tuple[UUID, UUID, UUID]:
    """A tenant, a learner and a mentor of fifty places, as an operator without an actor would write them."""
    tenant, learner, mentor = uuid4(), uuid4(), uuid4()
    await admin.execute(
        "insert into tenants (id, slug, name) values ($1, $2, 'T')", tenant, f"t-{tenant.hex}"
    )
    for user in (learner, mentor):
        await admin.execute(
            "insert into users (id, tenant_id, email, password_hash) values ($1, $2, $3, 'x')",
            user,
            tenant,
            f"{user}@example.test",
        )
    await admin.execute(
        "insert into mentors (user_id, tenant_id, headline, capacity) values ($1, $2, 'x', 50)",
        mentor,
        tenant,
    )
    return tenant, learner, mentor


@pytest.mark.row("G4")
@pytest.mark.parametrize("source", MatchStatus)
@pytest.mark.parametrize("to", MatchStatus)
async def test_the_database_allows_the_moves_of_the_table_and_no_other(
    admin: asyncpg.Connection, pair: tuple[UUID, UUID, UUID], source: MatchStatus, to: MatchStatus
) -> None:
    tenant, learner, mentor = pair
    match_id = uuid4()
    await admin.execute(
        """insert into matches
        (id, tenant_id, learner_id, mentor_id, status, requested_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)""",
        match_id,
        tenant,
        learner,
        mentor,
        source.value,
        NOW,
        NOW + timedelta(hours=72),
    )
    move = "update matches set status = $2 where id = $1"
    if source is to or (source, to) in ALLOWED:
        assert await admin.execute(move, match_id, to.value) == "UPDATE 1"
    else:
        with pytest.raises(asyncpg.CheckViolationError, match=f"from {source} to {to}"):
            await admin.execute(move, match_id, to.value)
    active = await admin.fetchval("select active_matches from mentors where user_id = $1", mentor)
    stands = await admin.fetchval("select status from matches where id = $1", match_id)
    assert active == (stands == "active")
