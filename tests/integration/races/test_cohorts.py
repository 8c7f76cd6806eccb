"""Ordering, confirming and applying cohort runs, all at once."""

from datetime import UTC, datetime

import asyncpg
import pytest
from tests.integration.races.locks import needs
from tests.support.given.cohorts import a_guide, a_seeker, an_operator, an_order, proposed
from tests.support.given.matching import mentor
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.cohorts.writes import PostgresCohortRuns, PostgresPlacements
from skillbridge.adapters.postgres.matching.writes import PostgresMatches
from skillbridge.application.cohorts.applying import ApplyPlacements
from skillbridge.application.cohorts.orders import (
    ConfirmCohortRun,
    DiscardCohortRun,
    ExpireCohortRuns,
    OrderCohortRun,
)
from skillbridge.application.cohorts.reading import GetCohortRun
from skillbridge.application.cohorts.views import CohortView
from skillbridge.application.matching.matches import RequestMatch
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.assignment import AssignMode
from skillbridge.domain.cohorts.cohort import CohortStatus
from skillbridge.domain.events.cohorts import CohortRunConfirmed
from skillbridge.domain.lifecycle import IllegalMove

pytestmark = pytest.mark.row("G2", "B9")


async def confirmed(world: World, boss: Actor, *seekers: Actor) -> list[CohortRunConfirmed]:
    """A run for each that may be applied, and what a worker is told of it."""
    runs = [await proposed(world, boss, an_order(AssignMode.GREEDY, one)) for one in seekers]
    for run in runs:
        await world.do(ConfirmCohortRun, boss, run.id)
    at, by = datetime.now(UTC), boss.user_id
    return [CohortRunConfirmed(cohort_id=run.id, operator_id=by, at=at) for run in runs]


async def numbers(world: World, boss: Actor, *told: CohortRunConfirmed) -> list[tuple[int, int]]:
    """Of each run how many placements were applied and how many skipped."""
    views = [await world.do(GetCohortRun, boss, one.cohort_id) for one in told]
    return [(view.applied, view.skipped) for view in views]


async def status_of(world: World, boss: Actor, run: CohortView) -> CohortStatus:
    view: CohortView = await world.do(GetCohortRun, boss, run.id)
    return view.status


@needs("cohorts.writes.HOLD_ORDERS")
async def test_the_same_order_twice_at_once_is_one_run(
    world: World, admin: asyncpg.Connection
) -> None:
    boss = await an_operator(world)
    once, again = (world.do(OrderCohortRun, boss, an_order()) for _ in range(2))
    first, second = await race(admin, once, PostgresCohortRuns.at_work_on, again)
    assert first.value.id == second.value.id


@needs("cohorts.writes.GET")
async def test_a_run_confirmed_twice_at_once_is_confirmed_once(
    world: World, admin: asyncpg.Connection
) -> None:
    boss = await an_operator(world)
    await a_guide(world)
    await a_seeker(world)
    run = await proposed(world, boss)
    once, again = (world.do(ConfirmCohortRun, boss, run.id) for _ in range(2))
    first, second = await race(admin, once, PostgresCohortRuns.get, again)
    assert first.value == second.value


@needs("cohorts.writes.GET")
async def test_a_run_that_is_just_being_confirmed_cannot_be_discarded(
    world: World, admin: asyncpg.Connection
) -> None:
    boss = await an_operator(world)
    await a_guide(world)
    await a_seeker(world)
    run = await proposed(world, boss)
    confirm, discard = (
        world.do(case, boss, run.id) for case in (ConfirmCohortRun, DiscardCohortRun)
    )
    first, second = await race(admin, confirm, PostgresCohortRuns.get, discard)
    assert first.error is None
    assert isinstance(second.error, IllegalMove)
    assert await status_of(world, boss, run) is CohortStatus.CONFIRMED


@needs("cohorts.writes.OVERDUE")
async def test_the_clock_leaves_the_run_alone_that_is_being_decided(
    world: World, admin: asyncpg.Connection
) -> None:
    """And neither waits for it nor fails with it: the others end now."""
    boss, seekers = await an_operator(world), [await a_seeker(world) for _ in range(2)]
    await a_guide(world, capacity=2)
    decided, other = [await proposed(world, boss, an_order(AssignMode.FAST, s)) for s in seekers]
    await admin.execute(
        "update cohort_runs set expires_at = now() where tenant_id = $1", world.tenant_id
    )
    discard = world.do(DiscardCohortRun, boss, decided.id)
    expire = world.do(ExpireCohortRuns, world.system(), "now")
    first, second = await race(admin, discard, PostgresCohortRuns.get, expire)
    assert (first.error, second.error, second.waited) == (None, None, False)
    assert await status_of(world, boss, decided) is CohortStatus.DISCARDED
    assert await status_of(world, boss, other) is CohortStatus.EXPIRED


@needs("cohorts.writes.GET_PLACEMENT")
async def test_two_workers_on_one_run_ask_each_mentor_once(
    world: World, admin: asyncpg.Connection
) -> None:
    boss = await an_operator(world)
    await a_guide(world)
    (told,) = await confirmed(world, boss, await a_seeker(world))
    one, other = (world.do(ApplyPlacements, world.system(), told) for _ in range(2))
    first, second = await race(admin, one, PostgresPlacements.get, other)
    assert (first.error, second.error) == (None, None)
    assert await numbers(world, boss, told) == [(1, 0)]


@needs("mentors.writes.FIND")
async def test_two_runs_at_once_ask_for_no_more_places_than_there_are(
    world: World, admin: asyncpg.Connection
) -> None:
    boss = await an_operator(world)
    await a_guide(world, capacity=1)
    told = await confirmed(world, boss, *[await a_seeker(world) for _ in range(2)])
    one, other = (world.do(ApplyPlacements, world.system(), run) for run in told)
    first, second = await race(admin, one, PostgresMatches.pair_status, other)
    assert (first.error, second.error) == (None, None)
    assert await numbers(world, boss, *told) == [(1, 0), (0, 1)]


@needs("engine.advisory_locks.HOLD_LEARNER")
async def test_a_run_skips_the_learner_who_is_just_asking_somebody(
    world: World, admin: asyncpg.Connection
) -> None:
    boss, seeker, other = await an_operator(world), await a_seeker(world), await mentor(world)
    await a_guide(world)
    (told,) = await confirmed(world, boss, seeker)
    ask = world.do(RequestMatch, seeker, other.user_id)
    apply = world.do(ApplyPlacements, world.system(), told)
    asked, applied = await race(admin, ask, PostgresMatches.waiting_of, apply)
    assert (asked.error, applied.error) == (None, None)
    assert await numbers(world, boss, told) == [(0, 1)]


@needs(weak="mentors.writes.FIND")
async def test_a_request_and_a_run_that_want_the_same_mentor_do_not_stop_each_other(
    world: World, admin: asyncpg.Connection
) -> None:
    """The run holds the mentor and wants the learner, whom the request holds: no circle."""
    boss, guide, seeker = await an_operator(world), await a_guide(world), await a_seeker(world)
    (told,) = await confirmed(world, boss, seeker)
    ask = world.do(RequestMatch, seeker, guide.user_id)
    apply = world.do(ApplyPlacements, world.system(), told)
    asked, applied = await race(admin, ask, PostgresMatches.waiting_of, apply)
    assert (asked.error, applied.error) == (None, None)
    assert await numbers(world, boss, told) == [(0, 1)]
