"""The database keeps a roadmap's percent true for every writer, as the domain counts it."""

from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import Urls
from tests.support.given.learning import NOW, a_roadmap, modules
from tests.support.given.world import World, postgres_world

from skillbridge.application.progress.completion import CompleteModule, UndoModule
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import ModuleId, RoadmapId
from skillbridge.domain.progress.journey import Journey, Step, percent_done

pytestmark = pytest.mark.row("B4", "F1")

EACH = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
weights = st.lists(st.integers(0, 10**9), max_size=12)


@pytest.fixture
async def there(urls: Urls) -> AsyncIterator[World]:
    async with postgres_world(urls) as made:
        yield made


async def percent_of(admin: asyncpg.Connection, roadmap_id: RoadmapId) -> tuple[int, int]:
    """The percent, and how often the roadmap has changed."""
    row = await admin.fetchrow("select percent, version from roadmaps where id = $1", roadmap_id)
    assert row is not None
    return row["percent"], row["version"]


async def complete(by: asyncpg.Connection, actor: Actor, roadmap_id: RoadmapId, name: str) -> None:
    await by.execute(
        """insert into completions (tenant_id, learner_id, roadmap_id, module_id, completed_at)
        values ($1, $2, $3, $4, $5) on conflict do nothing""",
        actor.tenant_id,
        actor.user_id,
        roadmap_id,
        name,
        NOW,
    )


async def undo(by: asyncpg.Connection, roadmap_id: RoadmapId, name: str) -> None:
    await by.execute(
        "delete from completions where roadmap_id = $1 and module_id = $2", roadmap_id, name
    )


async def say_who(connection: asyncpg.Connection, actor: Actor) -> None:
    await connection.execute(
        "select set_config('app.user_id', $1, false), set_config('app.tenant_id', $2, false)",
        str(actor.user_id),
        str(actor.tenant_id),
    )


@EACH
@given(weights, st.sets(st.integers(0, 14)))
async def test_the_function_counts_as_the_domain_does(
    admin: asyncpg.Connection, found: list[int], numbers: set[int]
) -> None:
    steps = [Step(ModuleId(f"m{number}"), "M", weight) for number, weight in enumerate(found)]
    done = [ModuleId(f"m{number}") for number in numbers]
    stored = msgspec.json.encode(steps).decode()
    counted = await admin.fetchval("select app.percent_done($1::jsonb, $2)", stored, done)
    assert counted == percent_done(steps, done)


@EACH
@given(
    st.lists(st.integers(1, 100), min_size=1, max_size=6),
    st.lists(st.tuples(st.booleans(), st.integers(0, 7)), max_size=12),
)
async def test_whatever_an_operator_does_the_percent_follows(
    there: World, admin: asyncpg.Connection, found: list[int], story: list[tuple[bool, int]]
) -> None:
    """Also with a module that the roadmap does not have, and without saying in whose name."""
    learner, path = await there.learner(), modules(*found)
    roadmap_id = await a_roadmap(there, learner, path)
    journey = Journey(
        learner_id=learner.user_id,
        roadmap_id=roadmap_id,
        status="ready",
        steps=tuple(Step(module.id, module.title, module.weight) for module in path),
    )
    for forward, number in story:
        module_id = ModuleId(f"m{number}")
        if forward:
            journey.completed[module_id] = NOW
            await complete(admin, learner, roadmap_id, module_id)
        else:
            journey.completed.pop(module_id, None)
            await undo(admin, roadmap_id, module_id)
        percent, _ = await percent_of(admin, roadmap_id)
        assert percent == journey.percent


async def test_each_use_case_changes_the_roadmap_once(
    there: World, admin: asyncpg.Connection
) -> None:
    learner = await there.learner()
    roadmap_id = await a_roadmap(there, learner, modules(1, 2))
    one = ModuleId("m1")
    assert await percent_of(admin, roadmap_id) == (0, 1)
    await there.do(CompleteModule, learner, roadmap_id, one)
    assert await percent_of(admin, roadmap_id) == (66, 2)
    await there.do(CompleteModule, learner, roadmap_id, one)
    assert await percent_of(admin, roadmap_id) == (66, 2)
    await there.do(UndoModule, learner, roadmap_id, one)
    assert await percent_of(admin, roadmap_id) == (0, 3)


async def test_the_owner_may_write_directly(
    there: World, urls: Urls, admin: asyncpg.Connection
) -> None:
    """As a client does that speaks to the database and not to the API."""
    learner = await there.learner()
    roadmap_id = await a_roadmap(there, learner, modules(1, 3))
    client = await asyncpg.connect(urls.app)
    try:
        await say_who(client, learner)
        await complete(client, learner, roadmap_id, "m1")
        tenant = await client.fetchval("select app.tenant_id()")
    finally:
        await client.close()
    assert await percent_of(admin, roadmap_id) == (75, 2)
    assert tenant == learner.tenant_id, "the trigger leaves the settings as they were"


async def test_nobody_writes_into_the_roadmap_of_another(
    there: World, urls: Urls, admin: asyncpg.Connection
) -> None:
    owner, stranger = await there.learner(), await there.learner()
    roadmap_id = await a_roadmap(there, owner, modules(1))
    client = await asyncpg.connect(urls.app)
    try:
        await say_who(client, stranger)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await complete(client, owner, roadmap_id, "m0")
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await complete(client, stranger, roadmap_id, "m0")
    finally:
        await client.close()
    assert await percent_of(admin, roadmap_id) == (0, 1)


async def test_a_completion_writes_its_own_row_alone(
    there: World, admin: asyncpg.Connection
) -> None:
    learner = await there.learner()
    roadmap_id = await a_roadmap(there, learner, modules(1, 1, 1))
    rows = "select module_id, xmin::text from completions where roadmap_id = $1"
    await there.do(CompleteModule, learner, roadmap_id, ModuleId("m0"))
    before = {row["module_id"]: row["xmin"] for row in await admin.fetch(rows, roadmap_id)}
    await there.do(CompleteModule, learner, roadmap_id, ModuleId("m1"))
    await there.do(CompleteModule, learner, roadmap_id, ModuleId("m2"))
    await there.do(UndoModule, learner, roadmap_id, ModuleId("m1"))
    after = {row["module_id"]: row["xmin"] for row in await admin.fetch(rows, roadmap_id)}
    assert set(after) == {"m0", "m2"}
    assert after["m0"] == before["m0"]
