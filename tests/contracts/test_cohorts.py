"""Runs, placements and who looks for a mentor, as every backend keeps them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.support.given.cohorts import a_guide, a_seeker, an_operator, an_order
from tests.support.given.learning import a_match, a_roadmap, modules
from tests.support.given.matching import MORNINGS, learner, told
from tests.support.given.world import World
from tests.support.timing.patience import PATIENCE, turns

from skillbridge.adapters.postgres.ranking import learners
from skillbridge.application.accounts.administration import DisableAccount
from skillbridge.application.cohorts.ports import CohortReads, CohortRuns, Placements
from skillbridge.application.cohorts.views import CohortView
from skillbridge.application.matching.ports import Matches
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.progress.completion import CompleteModule
from skillbridge.application.ranking.ports.ranker import Learners
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.assignment import AssignMode
from skillbridge.domain.cohorts.cohort import CohortRun, UnknownCohort
from skillbridge.domain.cohorts.fairness import Fairness, Group
from skillbridge.domain.cohorts.operator import operator
from skillbridge.domain.cohorts.order import CohortOrder, Outcome
from skillbridge.domain.cohorts.placement import Because, CohortPlacement, PlacementState
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import CohortId, MatchId, ModuleId, TenantId, UserId
from skillbridge.domain.matching.pair_status import PairStatus
from skillbridge.domain.ranking.learner import Learner
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("G2", "B2", "A9")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FAIR = Fairness(
    learners=2,
    unassigned=1,
    without_candidates=0,
    minimum=9_000,
    fifth_percentile=9_000,
    mean=9_000,
    gini_score=5_000,
    gini_load=0,
    by_country=(Group("", 1, 1), Group("NG", 1, 0)),
    by_language=(Group("en", 2, 1),),
)
FOUND = Outcome(
    learners=2,
    left_out=0,
    placed=1,
    without_candidates=0,
    without_place=1,
    objective=9_000,
    bound=9_100,
    gap_ppm=10_990,
    optimal=False,
    scope="lists",
    answered_by=AssignMode.GREEDY,
    hurried=True,
    rounds=3,
    blocking_pairs=1,
    fairness=FAIR,
    source="matcher",
    degraded=False,
    pool_version=7,
)


@dataclass(frozen=True)
class Desk:
    """What one transaction works with."""

    runs: CohortRuns
    placements: Placements
    matches: Matches


@asynccontextmanager
async def at_desk(world: World, actor: Actor) -> AsyncIterator[Desk]:
    async with world.scope(actor) as scope:
        desk = Desk(
            await scope.get(CohortRuns), await scope.get(Placements), await scope.get(Matches)
        )
        async with (await scope.get(Transaction))(actor):
            yield desk


async def a_run(
    world: World, by: Actor, order: CohortOrder | None = None, *, at: datetime = NOW
) -> CohortRun:
    run, _ = CohortRun.requested(CohortId(uuid4()), order or CohortOrder(), by=operator(by), at=at)
    async with at_desk(world, by) as desk:
        await desk.runs.add(run)
    return run


async def a_matched_run(world: World) -> tuple[CohortRun, Actor, Actor]:
    """One learner placed, one left over."""
    system, guide, one, other = (
        world.system(),
        await a_guide(world),
        await world.learner(),
        await world.learner(),
    )
    run = await a_run(world, system)
    placed = CohortPlacement(
        cohort_id=run.id,
        learner_id=one.user_id,
        mentor_id=guide.user_id,
        total=9_000,
        terms={"skill": 4_000, "availability": 5_000},
        reasons=("Knows python, which you want to learn.",),
    )
    left = CohortPlacement.unplaced(run.id, other.user_id, Because.WITHOUT_PLACE)
    async with at_desk(world, system) as desk:
        await desk.placements.add([placed, left])
    return run, one, guide


async def test_a_run_is_kept_as_it_is(world: World) -> None:
    boss, system, named = await an_operator(world), world.system(), await world.learner()
    run = await a_run(
        world, boss, an_order(AssignMode.FAST, named, k=7, deadline=timedelta(seconds=1.5))
    )
    async with at_desk(world, system) as desk:
        kept = await desk.runs.get(run.id)
        assert kept == run
        kept.start()
        await desk.runs.save(kept)
    async with at_desk(world, system) as desk:
        kept = await desk.runs.get(run.id)
        kept.propose(FOUND, at=NOW)
        await desk.runs.save(kept)
    async with at_desk(world, boss) as desk:
        again = await desk.runs.get(run.id)
        assert again == replace(kept, version=3)
        assert again.outcome == FOUND
        again.confirm(boss, at=NOW)
        await desk.runs.save(again)
    view: CohortView = await world.ask(CohortReads, "one", boss, run.id)
    assert view == CohortView.of(replace(again, version=4))


async def test_who_saves_second_is_told(world: World) -> None:
    boss = await an_operator(world)
    run = await a_run(world, boss)
    async with at_desk(world, boss) as desk:
        stale = await desk.runs.get(run.id)
        first = replace(stale)
        first.discard(boss, at=NOW)
        await desk.runs.save(first)
    with pytest.raises(StaleWrite):
        async with at_desk(world, boss) as desk:
            await desk.runs.save(stale)


async def test_the_newest_run_at_work_on_an_equal_order_is_found(world: World) -> None:
    boss = await an_operator(world)
    order = an_order(AssignMode.GREEDY, boss, k=3)
    await a_run(world, boss, order, at=NOW - timedelta(hours=1))
    newest = await a_run(world, boss, order)
    async with at_desk(world, boss) as desk:
        found = await desk.runs.at_work_on(an_order(AssignMode.GREEDY, boss, k=3))
        assert found is not None
        assert found.id == newest.id
        for other in (CohortOrder(), an_order(AssignMode.GREEDY, boss, k=4)):
            assert await desk.runs.at_work_on(other) is None


async def test_of_runs_that_nobody_confirms_the_overdue_are_found(world: World) -> None:
    boss, system = await an_operator(world), world.system()
    late = await a_run(world, boss, at=NOW - timedelta(days=8))
    await a_run(world, boss)
    over = await a_run(world, boss, an_order(AssignMode.FAST), at=NOW - timedelta(days=9))
    async with at_desk(world, boss) as desk:
        run = await desk.runs.get(over.id)
        run.discard(boss, at=NOW)
        await desk.runs.save(run)
    async with at_desk(world, system) as desk:
        assert [run.id for run in await desk.runs.overdue(NOW, limit=5)] == [late.id]


async def test_who_does_not_run_the_tenant_finds_no_run(world: World) -> None:
    run, one, _ = await a_matched_run(world)
    boss = await an_operator(world)
    async with at_desk(world, one) as desk:
        with pytest.raises(UnknownCohort):
            await desk.runs.get(run.id)
        assert await desk.runs.at_work_on(CohortOrder()) is None
    assert (
        await world.items(CohortReads, "placements", one, run.id, PageRequest(9), state=None) == []
    )
    found = await world.items(CohortReads, "placements", boss, run.id, PageRequest(9), state=None)
    assert len(found) == 2
    for stranger in (one, replace(boss, tenant_id=TenantId(uuid4()))):
        assert await world.items(CohortReads, "several", stranger, PageRequest(9)) == []
        with pytest.raises(UnknownCohort):
            await world.ask(CohortReads, "one", stranger, run.id)


async def test_placements_wait_until_they_are_settled(world: World) -> None:
    run, one, guide = await a_matched_run(world)
    system = world.system()
    async with at_desk(world, system) as desk:
        assert await desk.placements.waiting(run.id, limit=9) == [one.user_id]
        placement = await desk.placements.get(run.id, one.user_id)
        assert (placement.mentor_id, placement.total) == (guide.user_id, 9_000)
        assert placement.terms == {"skill": 4_000, "availability": 5_000}
        placement.ask(MatchId(uuid4()), None, PairStatus(), at=NOW)
        await desk.placements.save(placement)
    async with at_desk(world, system) as desk:
        assert await desk.placements.waiting(run.id, limit=9) == []
        assert await desk.placements.get(run.id, one.user_id) == placement
        counts = await desk.placements.counts(run.id)
        assert dict(counts) == {PlacementState.SKIPPED: 1, PlacementState.UNPLACED: 1}
        with pytest.raises(UnknownCohort):
            await desk.placements.get(run.id, UserId(uuid4()))


async def test_what_stands_between_two_is_told(world: World) -> None:
    one, guide, rival = await world.learner(), await a_guide(world), await world.learner()
    other = await a_guide(world)
    system = world.system()

    async def between() -> PairStatus:
        async with at_desk(world, system) as desk:
            return await desk.matches.pair_status(one.user_id, guide.user_id)

    assert await between() == PairStatus()
    await a_match(world, rival, guide, "requested")
    assert await between() == PairStatus(mentor_asked=1)
    await a_match(world, one, guide, "declined")
    await a_match(world, one, other, "declined")
    assert await between() == PairStatus(mentor_asked=1, declined=True)
    await a_match(world, one, other, "active")
    assert await between() == PairStatus(mentor_asked=1, declined=True, learner_open=1)
    async with at_desk(world, system) as desk:
        nobody = await desk.matches.pair_status(UserId(uuid4()), other.user_id)
    assert nobody == PairStatus(learner_here=False)
    await world.do(DisableAccount, system, f"{one.user_id}@example.test", reason="A test")
    assert not (await between()).learner_here


async def test_only_ones_own_requests_wait_for_an_answer(world: World) -> None:
    one, rival, guide, other = (
        *[await world.learner() for _ in range(2)],
        *[await a_guide(world) for _ in range(2)],
    )
    for who, state in ((one, "requested"), (rival, "requested"), (rival, "active")):
        await a_match(world, who, other if state == "active" else guide, state)
    async with at_desk(world, world.system()) as desk:
        assert await desk.matches.waiting_of(one.user_id) == 1
        assert await desk.matches.waiting_of(rival.user_id) == 1
        assert await desk.matches.waiting_of(other.user_id) == 0


async def test_two_who_ask_of_one_learner_take_turns(world: World) -> None:
    one, guide = await world.learner(), await a_guide(world)
    system, order = world.system(), list[str]()

    async def waits() -> bool:
        """Whether somebody stands before a lock of the database, or went in beside the other."""
        if world.admin is None:
            await turns()
            return True
        query = """select count(*) from pg_stat_activity
            where wait_event_type = 'Lock' and datname = current_database()"""
        return len(order) > 1 or bool(await world.admin.fetchval(query))

    async def looks(name: str) -> None:
        async with at_desk(world, system) as desk:
            await desk.matches.pair_status(one.user_id, guide.user_id)
            order.append(f"{name} in")
            if len(order) == 1:
                async with asyncio.timeout(PATIENCE):
                    await until(waits, every=0.01)
            order.append(f"{name} out")

    await asyncio.gather(looks("a"), looks("b"))
    assert order in (
        ["a in", "a out", "b in", "b out"],
        ["b in", "b out", "a in", "a out"],
    )


async def found_of(world: World, among: list[UserId] | None = None) -> dict[UserId, Learner]:
    system = world.system()
    async with world.scope(system) as scope:
        learners: Learners = await scope.get(Learners)
        batches = [batch async for batch in learners.unmatched(system, among)]
    found = [one for batch in batches for one in batch]
    by_id = {one.user_id: one for one in found}
    assert len(by_id) == len(found), "nobody comes twice"
    return by_id


@pytest.mark.row("G4")
async def test_learners_without_a_mentor_are_those_who_learn_and_have_none(world: World) -> None:
    seeker = await a_seeker(world, country="NG", languages=("ha", "en"), skills={"sql": 2})
    await told(
        world,
        seeker,
        country="NG",
        languages=("ha", "en"),
        skills={"sql": 2},
        availability=MORNINGS,
    )
    taken, waiting, ended = [await a_seeker(world) for _ in range(3)]
    guide, other = await a_guide(world), await a_guide(world)
    await a_match(world, taken, guide, "active")
    await a_match(world, waiting, other, "requested")
    await a_match(world, ended, guide, "declined")
    idle = await learner(world)
    found = await found_of(world)
    assert found.keys() == {seeker.user_id, ended.user_id}
    mine = found[seeker.user_id]
    assert (mine.country, mine.languages, mine.skills) == ("NG", ("ha", "en"), {"sql": 2})
    assert (mine.learning, len(mine.windows)) == (("python", "python"), len(MORNINGS))
    assert found[ended.user_id].asked == {guide.user_id}
    async with world.scope(seeker) as scope:
        assert mine == await (await scope.get(Learners)).learner(seeker)
    assert (await found_of(world, [ended.user_id, idle.user_id])).keys() == {ended.user_id}
    assert await found_of(world, [UserId(uuid4())]) == {}


@pytest.mark.parametrize("change", ["email_verified_at = null", "roles = '{mentor}'"])
async def test_an_account_that_was_never_proved_or_is_no_learners_is_not_placed(
    world: World, change: str
) -> None:
    if world.admin is None:
        pytest.skip("the store in memory is only written by us")
    one = await a_seeker(world)
    assert (await found_of(world)).keys() == {one.user_id}
    await world.admin.execute(f"update users set {change} where id = $1", one.user_id)
    assert await found_of(world) == {}


async def test_a_finished_roadmap_is_no_need(world: World) -> None:
    done = await world.learner()
    path = modules(1)
    roadmap = await a_roadmap(world, done, path)
    assert done.user_id in await found_of(world)
    await world.do(CompleteModule, done, roadmap, path[0].id)
    assert await found_of(world) == {}


@pytest.mark.row("B11")
async def test_a_module_done_in_one_roadmap_is_open_in_another(world: World) -> None:
    """Modules have their names within a roadmap."""
    who = await learner(world)
    done, _ = [await a_roadmap(world, who, modules(1, 1)) for _ in range(2)]
    await world.do(CompleteModule, who, done, ModuleId("m0"))
    found: Learner = await world.ask(Learners, "learner", who)
    assert found.learning == ("python",) * 3
    system = world.system()
    async with world.scope(system) as scope:
        batches = [one async for one in (await scope.get(Learners)).unmatched(system)]
    assert [one.learning for batch in batches for one in batch] == [found.learning]


async def test_learners_of_another_tenant_are_not_found(world: World) -> None:
    await a_seeker(world)
    stranger = Actor.system(TenantId(uuid4()))
    async with world.scope(stranger) as scope:
        learners: Learners = await scope.get(Learners)
        assert [batch async for batch in learners.unmatched(stranger) if batch] == []


async def test_many_learners_come_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learners, "BATCH", 2)
    seekers = [await a_seeker(world) for _ in range(5)]
    everyone = sorted(one.user_id for one in seekers)
    assert list(await found_of(world)) == everyone
    assert list(await found_of(world, everyone[::-1])) == everyone
