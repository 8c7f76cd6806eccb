"""What the database lets happen to whatever has a state is what the tables of the domain do."""

import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.support import rules

from skillbridge import domain
from skillbridge.domain.cohorts.cohort import CohortStatus
from skillbridge.domain.cohorts.placement import PlacementState
from skillbridge.domain.lifecycle import Lifecycle
from skillbridge.domain.matching.match import MatchStatus
from skillbridge.domain.privacy.request import RequestState
from skillbridge.domain.roadmaps.roadmap import RoadmapStatus
from skillbridge.domain.tenancy.tenant import TenantState
from skillbridge.domain.uploads.upload import UploadState

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class People:
    tenant: UUID
    learner: UUID
    mentor: UUID


@dataclass(frozen=True)
class Guarded:
    """A table whose column `state` moves as a table of the domain says; `add` makes a row in a state."""

    what: str
    table: str
    state: str
    states: type[StrEnum]
    moves: rules.Moves
    add: Callable[[asyncpg.Connection, People, str], Awaitable[UUID]]
    key: str = "id"

    def allows(self, source: str, to: str) -> bool:
        return source == to or any(
            source in sources and to == end for sources, end in self.moves.values()
        )


@pytest.fixture
async def people(admin: asyncpg.Connection) -> People:
    """A tenant, a learner and a mentor of fifty places, as an operator without an actor writes them."""
    made = People(uuid4(), uuid4(), uuid4())
    await insert(admin, "tenants", id=made.tenant, slug=f"t-{made.tenant.hex}", name="T")
    for user in (made.learner, made.mentor):
        await insert(
            admin, "users", id=user, tenant_id=made.tenant, email=f"{user}@example.test",
            password_hash="x",
        )  # fmt: skip
    await insert(
        admin, "mentors", user_id=made.mentor, tenant_id=made.tenant, headline="x", capacity=50
    )
    return made


async def insert(admin: asyncpg.Connection, table: str, **values: Any) -> None:
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    await admin.execute(
        f"insert into {table} ({', '.join(values)}) values ({places})", *values.values()
    )


async def a_match(admin: asyncpg.Connection, people: People, status: str) -> UUID:
    match_id = uuid4()
    await insert(
        admin, "matches", id=match_id, tenant_id=people.tenant, learner_id=people.learner,
        mentor_id=people.mentor, status=status, requested_at=NOW,
        expires_at=NOW + timedelta(hours=72),
    )  # fmt: skip
    return match_id


async def a_run(admin: asyncpg.Connection, people: People, status: str) -> UUID:
    run_id = uuid4()
    await insert(
        admin, "cohort_runs", id=run_id, tenant_id=people.tenant, status=status, mode="fast",
        ordered_at=NOW, expires_at=NOW,
    )  # fmt: skip
    return run_id


async def a_placement(admin: asyncpg.Connection, people: People, state: str) -> UUID:
    run_id = await a_run(admin, people, "confirmed")
    await insert(
        admin, "placements", cohort_id=run_id, tenant_id=people.tenant, learner_id=people.learner,
        state=state, total=1, terms="{}", reasons=[], **await beside(admin, people, state),
    )  # fmt: skip
    return run_id


async def beside(admin: asyncpg.Connection, people: People, state: str) -> dict[str, Any]:
    because = "why" if state in {"skipped", "unplaced"} else None
    match_id = await a_match(admin, people, "declined") if state == "applied" else None
    mentor = None if state == "unplaced" else people.mentor
    return {"mentor_id": mentor, "because": because, "match_id": match_id}


async def a_roadmap(admin: asyncpg.Connection, people: People, status: str) -> UUID:
    roadmap_id = uuid4()
    await insert(
        admin, "roadmaps", id=roadmap_id, tenant_id=people.tenant, learner_id=people.learner,
        title="x", goal="x", domain_id="python", level="beginner", hours_per_week=5,
        starts_on=NOW.date(), status=status,
    )  # fmt: skip
    return roadmap_id


async def a_request(admin: asyncpg.Connection, people: People, state: str) -> UUID:
    request_id, over = uuid4(), state not in {"waiting", "running"}
    await insert(
        admin, "privacy_requests", id=request_id, tenant_id=people.tenant, user_id=people.learner,
        kind="export", state=state, asked_at=NOW, due_at=NOW, acts_at=NOW,
        ended_at=NOW if over else None,
    )  # fmt: skip
    return request_id


async def an_upload(admin: asyncpg.Connection, people: People, state: str) -> UUID:
    upload_id = uuid4()
    await insert(
        admin, "uploads", id=upload_id, tenant_id=people.tenant, user_id=people.learner,
        purpose="avatar", size=1, state=state, expires_at=NOW, **beside_an_upload(state),
    )  # fmt: skip
    return upload_id


def beside_an_upload(state: str) -> dict[str, Any]:
    """All bytes are here but while it is received, and who refuses says why."""
    return {
        "received": int(state != "receiving"),
        "reason": "x" if state == "refused" else None,
    }


GUARDED = (
    Guarded("a match", "matches", "status", MatchStatus, rules.MATCH, a_match),
    Guarded("a cohort run", "cohort_runs", "status", CohortStatus, rules.COHORT, a_run),
    Guarded(
        "a placement", "placements", "state", PlacementState, rules.PLACEMENT, a_placement,
        "cohort_id",
    ),
    Guarded("a roadmap", "roadmaps", "status", RoadmapStatus, rules.ROADMAP, a_roadmap),
    Guarded("an upload", "uploads", "state", UploadState, rules.UPLOAD, an_upload),
    Guarded(
        "a request about data", "privacy_requests", "state", RequestState, rules.PRIVACY_REQUEST,
        a_request,
    ),
)  # fmt: skip
UNGUARDED = {"jobs", "kept_answers", "tenants"}
"""A kept answer's status is HTTP's, and never changes. Jobs have no table of moves: each write of the program asks for the lease that it holds, a job
that runs once more does no harm, and an operator may open any of them again."""
MOVES = [
    pytest.param(one, source.value, to.value, id=f"{one.table}-{source}-{to}")
    for one in GUARDED
    for source in one.states
    for to in one.states
]


def lifecycles() -> Iterator[Lifecycle[Any]]:
    for module in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, Lifecycle):
                yield value


@pytest.mark.row("G4")
async def test_every_table_of_moves_and_every_column_of_states_is_known_here(
    admin: asyncpg.Connection,
) -> None:
    known = {TenantState, *(one.states for one in GUARDED)}
    assert {life.states for life in lifecycles()} == known, "a tenant is moved by operators alone"
    columns = await admin.fetch(
        """select c.table_name as name from information_schema.columns as c
        where c.table_schema = 'public' and c.column_name in ('state', 'status')"""
    )
    assert {row["name"] for row in columns} == UNGUARDED | {one.table for one in GUARDED}


@pytest.mark.row("G4")
@pytest.mark.asvs("2.3.1")
@pytest.mark.parametrize(("one", "source", "to"), MOVES)
async def test_the_database_allows_the_moves_of_the_table_and_no_other(
    admin: asyncpg.Connection, people: People, one: Guarded, source: str, to: str
) -> None:
    """Whatever else a state wants of its row is there, so that only the move is refused."""
    row = await one.add(admin, people, source)
    values: dict[str, Any] = {one.state: to}
    if one.table == "placements":
        values |= await beside(admin, people, to)
    if one.table == "uploads":
        values |= beside_an_upload(to)
    if one.table == "privacy_requests":
        values["ended_at"] = None if to in {"waiting", "running"} else NOW
    changes = ", ".join(f"{name} = ${number}" for number, name in enumerate(values, 2))
    move = f"update {one.table} set {changes} where {one.key} = $1"
    if one.allows(source, to):
        assert await admin.execute(move, row, *values.values()) == "UPDATE 1"
    else:
        with pytest.raises(
            asyncpg.CheckViolationError, match=f"{one.what} cannot go from {source} to {to}"
        ):
            await admin.execute(move, row, *values.values())


@pytest.mark.row("G4")
@pytest.mark.parametrize(
    ("source", "to"), [(source, to) for sources, to in rules.MATCH.values() for source in sources]
)
async def test_a_mentor_bears_the_active_matches_and_no_other(
    admin: asyncpg.Connection, people: People, source: str, to: str
) -> None:
    match_id = await a_match(admin, people, source)
    await admin.execute("update matches set status = $2 where id = $1", match_id, to)
    active = await admin.fetchval(
        "select active_matches from mentors where user_id = $1", people.mentor
    )
    assert active == (to == "active")
