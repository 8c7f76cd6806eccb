"""What the database lets happen to matches, runs and placements is what the tables of the domain do."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.rules import COHORT, MATCH, PLACEMENT

from skillbridge.domain.matching.cohort import CohortStatus
from skillbridge.domain.matching.match import MatchStatus
from skillbridge.domain.matching.placement import PlacementState

NOW = datetime.now(UTC)
ALLOWED, OF_RUNS, OF_PLACEMENTS = (
    {(source, to) for sources, to in moves.values() for source in sources}
    for moves in (MATCH, COHORT, PLACEMENT)
)


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


async def a_run(admin: asyncpg.Connection, tenant: UUID, status: str) -> UUID:
    run_id = uuid4()
    await admin.execute(
        """insert into cohort_runs (id, tenant_id, status, mode, ordered_at, expires_at)
        values ($1, $2, $3, 'fast', $4, $4)""",
        run_id,
        tenant,
        status,
        NOW,
    )
    return run_id


@pytest.mark.row("G4")
@pytest.mark.parametrize("source", CohortStatus)
@pytest.mark.parametrize("to", CohortStatus)
async def test_a_run_moves_as_its_table_says(
    admin: asyncpg.Connection, pair: tuple[UUID, UUID, UUID], source: CohortStatus, to: CohortStatus
) -> None:
    run_id, move = (
        await a_run(admin, pair[0], source),
        "update cohort_runs set status = $2 where id = $1",
    )
    if source is to or (source, to) in OF_RUNS:
        assert await admin.execute(move, run_id, to.value) == "UPDATE 1"
    else:
        with pytest.raises(asyncpg.CheckViolationError, match=f"from {source} to {to}"):
            await admin.execute(move, run_id, to.value)


@pytest.mark.row("G4")
@pytest.mark.parametrize("source", PlacementState)
@pytest.mark.parametrize("to", PlacementState)
async def test_a_placement_moves_as_its_table_says(
    admin: asyncpg.Connection,
    pair: tuple[UUID, UUID, UUID],
    source: PlacementState,
    to: PlacementState,
) -> None:
    """Whatever else a state wants of a placement is there, so that only the move is refused."""
    tenant, learner, mentor = pair
    run_id, match_id = await a_run(admin, tenant, "confirmed"), uuid4()
    await admin.execute(
        """insert into matches
        (id, tenant_id, learner_id, mentor_id, status, requested_at, expires_at)
        values ($1, $2, $3, $4, 'requested', $5, $5)""",
        match_id,
        tenant,
        learner,
        mentor,
        NOW,
    )

    def wanted(state: PlacementState) -> tuple[UUID | None, str | None, UUID | None]:
        placed = None if state is PlacementState.UNPLACED else mentor
        because = "why" if state in {PlacementState.SKIPPED, PlacementState.UNPLACED} else None
        return placed, because, match_id if state is PlacementState.APPLIED else None

    await admin.execute(
        """insert into placements
        (cohort_id, tenant_id, learner_id, state, mentor_id, because, match_id, total, terms, reasons)
        values ($1, $2, $3, $4, $5, $6, $7, 1, '{}', '{}')""",
        run_id,
        tenant,
        learner,
        source.value,
        *wanted(source),
    )
    move = """update placements set state = $2, mentor_id = $3, because = $4, match_id = $5
        where cohort_id = $1"""
    if source is to or (source, to) in OF_PLACEMENTS:
        assert await admin.execute(move, run_id, to.value, *wanted(to)) == "UPDATE 1"
    else:
        with pytest.raises(asyncpg.CheckViolationError, match=f"from {source} to {to}"):
            await admin.execute(move, run_id, to.value, *wanted(to))
