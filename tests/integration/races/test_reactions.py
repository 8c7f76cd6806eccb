"""Workers that do the same at once, held apart by keys and by rows that count."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import Urls
from tests.support.given.learning import NOW, a_roadmap, modules
from tests.support.given.matching import mentor
from tests.support.given.work import Bench, postgres_bench
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.engine.database import Connection
from skillbridge.adapters.postgres.gamification.writes import PostgresAwards
from skillbridge.adapters.postgres.mentors.writes import PostgresMentors
from skillbridge.adapters.postgres.notifications.writes import PostgresNotices
from skillbridge.adapters.postgres.ranking import pool_seals
from skillbridge.application.gamification.badges import AwardBadges
from skillbridge.application.mentors.offers import OfferMentoring
from skillbridge.application.notifications.ports import NoticeReads, Notices
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.progress.completion import CompleteModule
from skillbridge.application.ranking.ports.pool import MentorPool
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.progress import ModuleCompleted
from skillbridge.domain.ids import EventId, ModuleId, NoticeId
from skillbridge.domain.mentors.mentor import Offer
from skillbridge.domain.notifications.notice import Notice

pytestmark = pytest.mark.row("L1", "B9")


@pytest.fixture
async def bench(tmp_path: Path, urls: Urls, admin: asyncpg.Connection) -> AsyncIterator[Bench]:
    async with postgres_bench(tmp_path, urls.worker, admin) as made:
        yield made


async def test_a_badge_earned_in_two_jobs_at_once_is_awarded_once(
    world: World, admin: asyncpg.Connection
) -> None:
    learner, module_id = await world.learner(), ModuleId("m0")
    roadmap_id = await a_roadmap(world, learner, modules(1, 1))
    await world.do(CompleteModule, learner, roadmap_id, module_id)
    event = ModuleCompleted(
        learner_id=learner.user_id,
        roadmap_id=roadmap_id,
        module_id=module_id,
        title="Module 0",
        percent=50,
        at=NOW,
    )
    one, other = (world.do(AwardBadges, world.system(), event) for _ in range(2))
    first, second = await race(admin, one, PostgresAwards.award, other)
    assert (first.error, second.error) == (None, None)
    told = "select count(*) from events where tenant_id = $1 and name = 'BadgeAwarded'"
    assert await admin.fetchval(told, world.tenant_id) == 1


async def tell(world: World, notice: Notice) -> None:
    system = world.system()
    async with world.scope(system) as scope:
        notices: Notices = await scope.get(Notices)
        async with (await scope.get(Transaction))(system):
            await notices.add(notice)


def a_notice(to: Actor, *, minutes: int) -> Notice:
    return Notice(
        id=NoticeId(uuid4()),
        user_id=to.user_id,
        event_id=EventId(uuid4()),
        kind="MatchRequested",
        about="Ada",
        title=f"After {minutes} minutes",
        body="She asks you.",
        link="/matches",
        created_at=NOW + timedelta(minutes=minutes),
    )


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
async def test_of_two_notices_at_once_about_the_same_the_newer_stays(
    world: World, admin: asyncpg.Connection, order: tuple[int, int]
) -> None:
    learner = await world.learner()
    one, other = (tell(world, a_notice(learner, minutes=minutes)) for minutes in order)
    first, second = await race(admin, one, PostgresNotices.add, other)
    assert (first.error, second.error) == (None, None)
    (view,) = await world.items(NoticeReads, "newest", learner, PageRequest(10))
    assert view.title == "After 2 minutes"


async def test_two_schedulers_at_once_plan_a_slot_once(
    bench: Bench, admin: asyncpg.Connection
) -> None:
    slot = uuid4().hex
    one, other = (bench.jobs.plan("Act", slot) for _ in range(2))
    first, second = await race(admin, one, Connection.run, other)
    assert first.value >= 1
    assert second.value == 0
    planned = "select count(*) from jobs where slot = $1"
    assert await admin.fetchval(planned, slot) == first.value


async def test_a_pool_number_is_never_seen_before_a_smaller_one(
    world: World, admin: asyncpg.Connection
) -> None:
    """Who draws the next number waits until the last one is committed, or given back."""
    one, other = [await mentor(world) for _ in range(2)]
    pool: MentorPool = await world.worker.get(MentorPool)
    before = (await pool.candidates(world.tenant_id)).version
    offer = Offer(headline="Evenings", capacity=2, accepting=True, experience_years=1)
    changes = (world.do(OfferMentoring, who, offer) for who in (one, other))
    first, second = await race(admin, next(changes), PostgresMentors.save, next(changes))
    assert (first.error, second.error, second.waited) == (None, None, True)
    delta = await pool.changes_since(world.tenant_id, before)
    assert delta is not None
    assert {found.id for found in delta.upserts} == {one.user_id, other.user_id}


async def test_two_who_seal_a_pool_at_once_find_one_seal(
    world: World, admin: asyncpg.Connection
) -> None:
    await mentor(world)
    pools = [await container.get(MentorPool) for container in (world.api, world.worker)]
    one, other = (pool.seal(world.tenant_id) for pool in pools)
    first, second = await race(admin, one, pool_seals._kept, other)
    assert first.value == second.value
