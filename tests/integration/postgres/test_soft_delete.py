"""What is marked as deleted is there for nobody, and is all there again when the mark is taken away.

Nothing but an operator's SQL sets the mark; every reader of a table that has it is tried here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.application.accounts.people import PASSWORD, Visitor
from tests.application.roadmaps.authors import asked_for
from tests.conftest import Urls
from tests.support.given.cohorts import a_guide
from tests.support.given.learning import a_roadmap, modules
from tests.support.given.world import World, postgres_world
from tests.unit.roadmaps.examples import a_brief

from skillbridge.application.accounts.administration import GrantRole
from skillbridge.application.accounts.ports.users import AccountReads, Users
from skillbridge.application.cohorts.orders import OrderCohortRun
from skillbridge.application.cohorts.ports import CohortReads
from skillbridge.application.gamification.ports import Activities
from skillbridge.application.matching.ports import Matches
from skillbridge.application.paging import Key, PageRequest
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import ProfileReads
from skillbridge.application.progress.completion import CompleteModule
from skillbridge.application.progress.ports import JourneyReads, Journeys
from skillbridge.application.ranking.ports.ranker import Learners
from skillbridge.application.roadmaps.ports import RoadmapReads, Roadmaps
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.cohorts.order import CohortOrder
from skillbridge.domain.errors import NotFound
from skillbridge.domain.gamification.badge import Activity
from skillbridge.domain.ids import ModuleId, RoadmapId, UserId

pytestmark = pytest.mark.row("B1")


@dataclass
class Scene:
    """Amina runs the tenant, has finished one roadmap, follows another and waits for a third."""

    world: World
    visitor: Visitor
    amina: Actor
    guide: Actor
    followed: RoadmapId
    awaited: RoadmapId

    @asynccontextmanager
    async def port(self, actor: Actor, kind: type[Any]) -> AsyncIterator[Any]:
        async with self.world.scope(actor) as scope:
            found = await scope.get(kind)
            async with (await scope.get(Transaction))(actor):
                yield found


@pytest.fixture(scope="module")
async def scene(urls: Urls) -> AsyncIterator[Scene]:
    """One for all: each mark that a test sets, it takes away again."""
    async with postgres_world(urls) as world:
        visitor = Visitor(world)
        await visitor.arrive()
        amina = await administrator(world, visitor.email)
        finished = await a_roadmap(world, amina, modules(1))
        await world.do(CompleteModule, amina, finished, ModuleId("m0"))
        followed = await a_roadmap(world, amina, modules(1, 1))
        awaited = await asked_for(world, amina)
        await world.do(OrderCohortRun, amina, CohortOrder())
        yield Scene(world, visitor, amina, await a_guide(world), followed, awaited)


async def administrator(world: World, email: str) -> Actor:
    await world.do(GrantRole, world.system(), email, Role.ADMIN, reason="A test")
    assert world.admin is not None
    user_id = await world.admin.fetchval(
        "select id from users where tenant_id = $1 and email = $2", world.tenant_id, email
    )
    return Actor.person(user_id, world.tenant_id, frozenset({Role.LEARNER, Role.ADMIN}))


Reader = Callable[[Scene], Awaitable[object]]


async def log_in(scene: Scene) -> object:
    return await scene.visitor.log_in()


async def get(scene: Scene) -> object:
    async with scene.port(scene.world.pre_authentication(), Users) as users:
        return await users.get(scene.amina.user_id)


async def peek(scene: Scene) -> object:
    async with scene.port(scene.world.pre_authentication(), Users) as users:
        return await users.peek(scene.amina.user_id)


async def find(scene: Scene) -> object:
    async with scene.port(scene.world.pre_authentication(), Users) as users:
        return await users.find(scene.amina.user_id)


async def owner_of(scene: Scene) -> object:
    async with scene.port(scene.world.pre_authentication(), Users) as users:
        return await users.owner_of(scene.visitor.email)


async def me(scene: Scene) -> object:
    return await scene.world.ask(ProfileReads, "me", scene.amina)


async def newest(scene: Scene) -> object:
    found = await scene.world.ask(AccountReads, "newest", scene.world.system(), limit=10)
    return [one for one in found if one.id == scene.amina.user_id]


async def search(scene: Scene) -> object:
    email = scene.visitor.email
    return await scene.world.items(
        AccountReads, "search", scene.world.system(), email, PageRequest(10)
    )


async def as_administrator(scene: Scene) -> object:
    return await scene.world.items(CohortReads, "several", scene.amina, PageRequest(10))


async def as_a_learner_to_be_placed(scene: Scene) -> object:
    who, guide = scene.amina.user_id, scene.guide.user_id
    async with scene.port(scene.world.system(), Matches) as matches:
        return (await matches.pair_status(who, guide)).learner_here


async def _unmatched(scene: Scene) -> list[UserId]:
    system = scene.world.system()
    async with scene.world.scope(system) as scope:
        learners: Learners = await scope.get(Learners)
        return [one.user_id async for some in learners.unmatched(system) for one in some]


async def as_a_learner_without_a_mentor(scene: Scene) -> object:
    return scene.amina.user_id in await _unmatched(scene)


ACCOUNT: tuple[Reader, ...] = (
    log_in,
    get,
    peek,
    find,
    owner_of,
    me,
    newest,
    search,
    as_administrator,
    as_a_learner_to_be_placed,
    as_a_learner_without_a_mentor,
)


async def one(scene: Scene) -> object:
    return await scene.world.ask(RoadmapReads, "one", scene.amina, scene.awaited)


async def mine(scene: Scene) -> object:
    return await scene.world.items(RoadmapReads, "mine", scene.amina, PageRequest(10))


async def the_next_page(scene: Scene) -> object:
    last = Key(datetime.now(UTC) + timedelta(days=1), UUID(int=2**128 - 1))
    return await scene.world.items(RoadmapReads, "mine", scene.amina, PageRequest(10, last))


async def generation(scene: Scene) -> object:
    return await scene.world.ask(RoadmapReads, "generation", scene.amina, scene.awaited)


async def brief(scene: Scene) -> object:
    return await scene.world.ask(RoadmapReads, "brief", scene.world.system(), scene.awaited)


async def to_be_drawn(scene: Scene) -> object:
    async with scene.port(scene.world.system(), Roadmaps) as roadmaps:
        return await roadmaps.get(scene.awaited)


async def the_same_wish(scene: Scene) -> object:
    async with scene.port(scene.amina, Roadmaps) as roadmaps:
        return await roadmaps.drafting_like(scene.amina.user_id, a_brief())


async def journey(scene: Scene) -> object:
    async with scene.port(scene.amina, Journeys) as journeys:
        return await journeys.get(scene.amina.user_id, scene.followed)


async def progress(scene: Scene) -> object:
    return await scene.world.ask(JourneyReads, "of", scene.amina, scene.followed)


async def activities(scene: Scene) -> object:
    async with scene.port(scene.world.system(), Activities) as found:
        return (await found.first(scene.amina.user_id, 9))[Activity.ROADMAPS_FINISHED]


async def what_they_learn(scene: Scene) -> object:
    async with scene.world.scope(scene.amina) as scope:
        return (await (await scope.get(Learners)).learner(scene.amina)).learning


ROADMAPS: tuple[Reader, ...] = (
    one,
    mine,
    the_next_page,
    generation,
    brief,
    to_be_drawn,
    the_same_wish,
    journey,
    progress,
    activities,
    what_they_learn,
    as_a_learner_without_a_mentor,
)
READERS = {"users": ACCOUNT, "roadmaps": ROADMAPS}
EACH = [(table, reader) for table, readers in READERS.items() for reader in readers]


async def shows(reader: Reader, scene: Scene) -> bool:
    try:
        return bool(await reader(scene))
    except (NotFound, WrongCredentials):
        return False


async def mark(scene: Scene, table: str, when: str) -> None:
    assert scene.world.admin is not None
    key = {"users": "id", "roadmaps": "learner_id"}[table]
    await scene.world.admin.execute(
        f"update {table} set deleted_at = {when} where {key} = $1", scene.amina.user_id
    )


async def test_every_table_with_the_mark_is_tried_here(admin: asyncpg.Connection) -> None:
    rows = await admin.fetch(
        "select table_name from information_schema.columns"
        " where table_schema = 'public' and column_name = 'deleted_at'"
    )
    assert {row["table_name"] for row in rows} == READERS.keys()


async def test_the_sign_in_of_an_account_that_is_deleted_has_ended(scene: Scene) -> None:
    signed_in = await scene.visitor.log_in()
    await mark(scene, "users", "now()")
    try:
        with pytest.raises(SignInOver):
            await scene.visitor.refresh(signed_in.refresh_token)
    finally:
        await mark(scene, "users", "null")
    await scene.visitor.refresh(signed_in.refresh_token)


@pytest.mark.parametrize(("table", "reader"), EACH)
async def test_what_is_deleted_is_there_for_no_reader_until_it_is_restored(
    scene: Scene, table: str, reader: Reader
) -> None:
    assert await shows(reader, scene)
    await mark(scene, table, "now()")
    assert not await shows(reader, scene)
    await mark(scene, table, "null")
    assert await shows(reader, scene)


async def test_the_address_of_a_deleted_account_may_register_anew(urls: Urls) -> None:
    async with postgres_world(urls) as world:
        assert world.admin is not None
        await Visitor(world).arrive()
        await world.admin.execute(
            "update users set deleted_at = now() where tenant_id = $1", world.tenant_id
        )
        again = Visitor(world, password="brown ladder sings at noon")
        await again.arrive()
        with pytest.raises(WrongCredentials):
            await again.log_in(PASSWORD)
        kept = "select count(*) from users where tenant_id = $1"
        assert await world.admin.fetchval(kept, world.tenant_id) == 2
