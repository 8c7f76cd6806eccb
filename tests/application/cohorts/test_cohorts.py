"""Whole cohorts: ordered, matched, looked at, confirmed or discarded, on either backend."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.support.given.cohorts import a_guide, a_seeker, an_operator, an_order, applied, proposed
from tests.support.given.matching import learner, mentor
from tests.support.given.world import World
from tests.support.timing.patience import PATIENCE

from skillbridge.application.cohorts import gathering
from skillbridge.application.cohorts.applying import ApplyPlacements
from skillbridge.application.cohorts.gathering import CohortTooLarge, GatherNeeds
from skillbridge.application.cohorts.orders import (
    ConfirmCohortRun,
    DiscardCohortRun,
    ExpireCohortRuns,
    OrderCohortRun,
)
from skillbridge.application.cohorts.ports import CohortRuns
from skillbridge.application.cohorts.preview import PreviewCohort
from skillbridge.application.cohorts.reading import GetCohortRun, ListCohortRuns, ListPlacements
from skillbridge.application.cohorts.running import RunCohort
from skillbridge.application.cohorts.tracker import CohortTracker
from skillbridge.application.cohorts.views import CohortView, PlacementView
from skillbridge.application.matching.matches import (
    AcceptMatch,
    DeclineMatch,
    RequestMatch,
    WithdrawMatch,
)
from skillbridge.application.matching.ports import MatchReads
from skillbridge.application.mentors.offers import OfferMentoring
from skillbridge.application.notifications.ports import NoticeReads
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.application.ports.jobs import Jobs, JobState
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.cohorts.assignment import USUALLY, AssignMode, AssignOptions
from skillbridge.domain.cohorts.cohort import CohortStatus, UnknownCohort
from skillbridge.domain.cohorts.operator import NotAnOperator
from skillbridge.domain.cohorts.order import CohortOrder
from skillbridge.domain.cohorts.placement import Because, PlacementState
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.events.cohorts import CohortRunConfirmed, CohortRunOrdered
from skillbridge.domain.ids import CohortId, TenantId, UserId
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.domain.matching.match import MatchStatus
from skillbridge.domain.mentors.mentor import Offer
from skillbridge.domain.ranking.score import Weights

CONFIRM_WITHIN = timedelta(days=7)

pytestmark = pytest.mark.row("G2", "G4", "A9")


async def run_of(world: World, by: Actor, run: CohortView) -> CohortView:
    found: CohortView = await world.do(GetCohortRun, by, run.id)
    return found


async def placements_of(
    world: World, by: Actor, run: CohortView, **wish: Any
) -> dict[UserId, PlacementView]:
    page = await world.do(ListPlacements, by, run.id, PageRequest(20), **wish)
    return {row.learner.id: row for row in page.items}


async def requests_to(world: World, of: Actor) -> list[UserId]:
    matches = await world.items(
        MatchReads, "mine", of, PageRequest(100), side=None, status=MatchStatus.REQUESTED
    )
    return [match.learner.id for match in matches if match.mentor.id == of.user_id]


async def notices_of(world: World, who: Actor) -> list[str]:
    found = await world.items(NoticeReads, "newest", who, PageRequest(50))
    return [notice.kind for notice in found]


async def dead(world: World) -> int:
    jobs: Jobs = await world.worker.get(Jobs)
    return (await jobs.counts())[JobState.DEAD]


async def test_a_cohort_from_the_order_to_the_requests(world: World) -> None:
    boss, guide = await an_operator(world), await a_guide(world, capacity=2)
    seekers = [await a_seeker(world, name=f"Seeker {number}") for number in range(3)]
    run = await world.do(OrderCohortRun, boss, an_order())
    assert (run.status, run.ordered_by, run.outcome) == (CohortStatus.QUEUED, boss.user_id, None)
    await world.settle()
    found = await run_of(world, boss, run)
    assert found.status is CohortStatus.PROPOSED
    assert found.outcome is not None
    assert (found.outcome.learners, found.outcome.placed, found.outcome.without_place) == (3, 2, 1)
    assert found.outcome.fairness.unassigned == 1
    assert await requests_to(world, guide) == [], "nothing is applied before it is confirmed"
    rows = await placements_of(world, boss, run)
    assert rows.keys() == {one.user_id for one in seekers}
    kept = [row for row in rows.values() if row.state is PlacementState.PROPOSED]
    assert len(kept) == 2
    for row in kept:
        assert row.mentor is not None
        assert row.mentor.id == guide.user_id
        assert sum(row.terms.values()) == row.total > 0
        assert row.reasons[0] == "Knows python, which you want to learn."
        assert row.learner.name.startswith("Seeker")
    (left,) = [row for row in rows.values() if row.mentor is None]
    assert (left.state, left.because) == (PlacementState.UNPLACED, Because.WITHOUT_PLACE)
    assert left.reasons == ("Mentors suit, but their places went to others.",)

    confirmed = await world.do(ConfirmCohortRun, boss, run.id, seen={found.version})
    assert (confirmed.status, confirmed.confirmed_by) == (CohortStatus.CONFIRMED, boss.user_id)
    await world.settle()
    ended = await run_of(world, boss, run)
    assert (ended.status, ended.applied, ended.skipped) == (CohortStatus.APPLIED, 2, 0)
    assert sorted(await requests_to(world, guide)) == sorted(row.learner.id for row in kept)
    done = await placements_of(world, boss, run, state=PlacementState.APPLIED)
    assert all(row.match_id for row in done.values())
    assert (await notices_of(world, guide)).count("MatchRequested") == 2
    placed = next(one for one in seekers if one.user_id in done)
    assert await notices_of(world, placed) == ["LearnerPlaced"]
    assert sorted(await notices_of(world, boss)) == ["CohortRunApplied", "CohortRunProposed"]
    assert await dead(world) == 0


async def test_a_mentor_answers_what_an_operator_asked(world: World) -> None:
    boss, guide, seeker = await an_operator(world), await a_guide(world), await a_seeker(world)
    run = await applied(world, boss)
    (row,) = (await placements_of(world, boss, run)).values()
    accepted = await world.do(AcceptMatch, guide, row.match_id)
    assert (accepted.status, accepted.learner_id) == (MatchStatus.ACTIVE, seeker.user_id)


async def test_the_same_order_while_it_is_at_work_is_one_run(world: World) -> None:
    boss = await an_operator(world)
    await a_seeker(world)
    runs = await asyncio.gather(*(world.do(OrderCohortRun, boss, an_order()) for _ in range(5)))
    assert len({run.id for run in runs}) == 1
    other = await world.do(OrderCohortRun, boss, an_order(AssignMode.GREEDY))
    assert other.id != runs[0].id
    await world.settle()
    again = await world.do(OrderCohortRun, boss, an_order())
    assert again.id != runs[0].id, "the first one is matched: this is a new question"


async def test_an_order_keeps_its_options(world: World) -> None:
    boss, seeker = await an_operator(world), await a_seeker(world)
    order = an_order(
        AssignMode.STABLE,
        seeker,
        k=5,
        gap_ppm=100,
        weights=Weights(skill=5_000, availability=1_000),
        deadline=timedelta(seconds=2),
    )
    run = await proposed(world, boss, order)
    found = await run_of(world, boss, run)
    assert (found.mode, found.k, found.gap_ppm, found.named) == (AssignMode.STABLE, 5, 100, 1)
    assert found.weights is not None
    assert (found.weights["skill"], found.deadline_ms) == (5_000, 2_000)
    assert found.outcome is not None
    assert found.outcome.answered_by is AssignMode.STABLE


async def test_only_who_looks_for_a_mentor_is_matched(world: World) -> None:
    boss, guide = await an_operator(world), await a_guide(world, capacity=9)
    seeker, asks = await a_seeker(world), await a_seeker(world)
    await world.do(RequestMatch, asks, guide.user_id)
    idle = await learner(world)
    run = await proposed(world, boss)
    assert (await placements_of(world, boss, run)).keys() == {seeker.user_id}
    named = an_order(AssignMode.GREEDY, seeker, asks, idle)
    few = await run_of(world, boss, await proposed(world, boss, named))
    assert few.outcome is not None
    assert (few.outcome.learners, few.outcome.left_out) == (1, 2)


async def test_who_declined_a_learner_is_not_proposed_again(world: World) -> None:
    boss, guide, seeker = await an_operator(world), await a_guide(world), await a_seeker(world)
    match = await world.do(RequestMatch, seeker, guide.user_id)
    await world.do(DeclineMatch, guide, match.id)
    run = await proposed(world, boss)
    (row,) = (await placements_of(world, boss, run)).values()
    assert row.because is Because.WITHOUT_CANDIDATES


async def test_a_selection_without_a_need_fails_and_says_why(world: World) -> None:
    boss = await an_operator(world)
    run = await run_of(world, boss, await proposed(world, boss))
    assert run.status is CohortStatus.FAILED
    assert run.reason is not None
    assert "nobody of this selection" in run.reason
    assert await notices_of(world, boss) == ["CohortRunFailed"]
    with pytest.raises(IllegalMove, match="failed"):
        await world.do(ConfirmCohortRun, boss, run.id)


async def test_a_cohort_has_an_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_seeker(world)
    await a_seeker(world)
    monkeypatch.setattr(gathering, "MOST_LEARNERS", 1)
    with pytest.raises(CohortTooLarge, match="more than 1 learners"):
        await world.do(GatherNeeds, world.system())


async def test_only_administrators_and_the_system_match_cohorts(world: World) -> None:
    boss, seeker = await an_operator(world), await a_seeker(world)
    run = await proposed(world, boss)
    moderator = await world.person(Role.MODERATOR, Role.MENTOR)
    for who in (seeker, moderator):
        for use_case, *args in (
            (OrderCohortRun, CohortOrder()),
            (ConfirmCohortRun, run.id),
            (DiscardCohortRun, run.id),
            (GetCohortRun, run.id),
            (ListCohortRuns, PageRequest(9)),
            (ListPlacements, run.id, PageRequest(9)),
            (PreviewCohort, (), USUALLY),
        ):
            with pytest.raises(NotAnOperator):
                await world.do(use_case, who, *args)
    assert (await run_of(world, world.system(), run)).status is CohortStatus.PROPOSED


async def test_whoever_only_says_to_be_an_administrator_finds_nothing(world: World) -> None:
    """The token says so, the account does not: the policy of the tables is asked, too."""
    boss, liar = await an_operator(world), await a_seeker(world)
    run = await proposed(world, boss)
    liar = replace(liar, roles=frozenset(Role))
    assert await world.do(ListCohortRuns, liar, PageRequest(9)) == Page([])
    for use_case, *more in (
        (GetCohortRun,),
        (ListPlacements, PageRequest(9)),
        (ConfirmCohortRun,),
        (DiscardCohortRun,),
    ):
        with pytest.raises(UnknownCohort):
            await world.do(use_case, liar, run.id, *more)


@pytest.mark.row("B11")
async def test_another_tenants_administrator_finds_nothing(world: World) -> None:
    boss = await an_operator(world)
    await a_seeker(world)
    run = await proposed(world, boss)
    foreigner = replace(boss, tenant_id=TenantId(CohortId(run.id)))
    with pytest.raises(UnknownCohort):
        await world.do(GetCohortRun, foreigner, run.id)
    assert await world.do(ListCohortRuns, foreigner, PageRequest(9)) == Page([])


async def test_a_run_is_discarded_also_before_a_worker_is_done(world: World) -> None:
    boss = await an_operator(world)
    await a_seeker(world)
    run = await world.do(OrderCohortRun, boss, an_order())
    discarded = await world.do(DiscardCohortRun, boss, run.id, seen={run.version})
    assert discarded.status is CohortStatus.DISCARDED
    await world.settle()
    assert (await run_of(world, boss, run)).outcome is None
    assert await placements_of(world, boss, run) == {}
    again = await world.do(DiscardCohortRun, boss, run.id)
    assert again == discarded
    with pytest.raises(IllegalMove):
        await world.do(ConfirmCohortRun, boss, run.id)


async def test_what_was_changed_meanwhile_is_not_confirmed_unseen(world: World) -> None:
    boss = await an_operator(world)
    await a_seeker(world)
    run = await proposed(world, boss)
    for use_case in (ConfirmCohortRun, DiscardCohortRun):
        with pytest.raises(StaleWrite):
            await world.do(use_case, boss, run.id, seen={run.version})


async def test_two_confirmations_at_once_apply_once(world: World) -> None:
    boss, guide = await an_operator(world), await a_guide(world, capacity=9)
    for _ in range(3):
        await a_seeker(world)
    run = await proposed(world, boss)
    both = await asyncio.gather(*(world.do(ConfirmCohortRun, boss, run.id) for _ in range(4)))
    assert {one.status for one in both} == {CohortStatus.CONFIRMED}
    await world.settle()
    assert len(await requests_to(world, guide)) == 3
    again = await world.do(ConfirmCohortRun, boss, run.id)
    assert again.status is CohortStatus.APPLIED


async def test_what_is_not_possible_any_more_is_skipped_with_the_reason(world: World) -> None:
    boss = await an_operator(world)
    guides = {name: await a_guide(world, languages=(name,)) for name in ("en", "fr", "sw", "yo")}
    seekers = {name: await a_seeker(world, languages=(name,)) for name in guides}
    run = await proposed(world, boss)
    other = await mentor(world)
    await world.do(RequestMatch, seekers["en"], other.user_id)
    paused = Offer(headline="Away", capacity=1, accepting=False)
    await world.do(OfferMentoring, guides["fr"], paused)
    asked = await world.do(RequestMatch, seekers["sw"], guides["sw"].user_id)
    await world.do(DeclineMatch, guides["sw"], asked.id)
    rival = await learner(world)
    taken = await world.do(RequestMatch, rival, guides["yo"].user_id)
    await world.do(AcceptMatch, guides["yo"], taken.id)
    await world.do(ConfirmCohortRun, boss, run.id)
    await world.settle()
    rows = await placements_of(world, boss, run)
    assert {name: rows[who.user_id].because for name, who in seekers.items()} == {
        "en": Because.ALREADY_MATCHED,
        "fr": Because.MENTOR_PAUSED,
        "sw": Because.DECLINED,
        "yo": Because.MENTOR_FULL,
    }
    ended = await run_of(world, boss, run)
    assert (ended.status, ended.applied, ended.skipped) == (CohortStatus.APPLIED, 0, 4)


async def test_two_runs_never_ask_for_more_places_than_there_are(world: World) -> None:
    """Each proposes the same two places to others: the second finds them asked for."""
    boss, guide = await an_operator(world), await a_guide(world, capacity=2)
    seekers = [await a_seeker(world) for _ in range(4)]
    runs = [
        await proposed(world, boss, an_order(AssignMode.OPTIMAL, *half))
        for half in (seekers[:2], seekers[2:])
    ]
    for run in runs:
        await world.do(ConfirmCohortRun, boss, run.id)
    await world.settle()
    assert len(await requests_to(world, guide)) == 2
    ended = [await run_of(world, boss, run) for run in runs]
    assert sorted((run.applied, run.skipped) for run in ended) == [(0, 2), (2, 0)]


async def test_a_worker_that_died_in_the_middle_is_taken_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss, guide = await an_operator(world), await a_guide(world, capacity=9)
    for _ in range(4):
        await a_seeker(world)
    run = await proposed(world, boss)
    steps = 0
    apply = ApplyPlacements._apply

    async def dies(self: ApplyPlacements, *args: Any) -> None:
        nonlocal steps
        steps += 1
        if steps == 3:
            raise RuntimeError("killed")
        await apply(self, *args)

    monkeypatch.setattr(ApplyPlacements, "_apply", dies)
    await world.do(ConfirmCohortRun, boss, run.id)
    await world.settle()
    assert len(await requests_to(world, guide)) == 2, "each placement is kept by itself"
    (job,) = await (await world.worker.get(Jobs)).report(JobState.DEAD)
    assert await (await world.worker.get(Jobs)).replay(job.id)
    await world.settle()
    assert len(await requests_to(world, guide)) == 4
    ended = await run_of(world, boss, run)
    assert (ended.status, ended.applied) == (CohortStatus.APPLIED, 4)


async def test_who_waits_for_a_run_that_will_not_come_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = await an_operator(world)
    await a_seeker(world)

    async def breaks(_self: GatherNeeds, *_args: Any) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as broken:
        broken.setattr(GatherNeeds, "__call__", breaks)
        run = await proposed(world, boss)
    failed = await run_of(world, boss, run)
    assert failed.status is CohortStatus.FAILED
    assert failed.reason is not None
    assert "order it again" in failed.reason
    again = await proposed(world, boss)
    assert again.id != run.id
    assert (await run_of(world, boss, again)).status is CohortStatus.PROPOSED


@pytest.mark.row("L1")
async def test_each_reaction_run_twice_does_it_once(world: World) -> None:
    boss, guide = await an_operator(world), await a_guide(world)
    await a_seeker(world)
    run = await applied(world, boss)
    before = await run_of(world, boss, run)
    told: Any = {"cohort_id": run.id, "operator_id": boss.user_id, "at": datetime.now(UTC)}
    await world.do(RunCohort, world.system(), CohortRunOrdered(**told))
    await world.do(ApplyPlacements, world.system(), CohortRunConfirmed(**told))
    assert await run_of(world, boss, run) == before
    assert len(await requests_to(world, guide)) == 1


async def test_a_proposal_that_nobody_confirms_expires(world: World) -> None:
    boss = await an_operator(world)
    await a_seeker(world)
    run = await proposed(world, boss)
    await world.do(ExpireCohortRuns, world.system(), "now")
    assert (await run_of(world, boss, run)).status is CohortStatus.PROPOSED
    system = world.system()
    async with world.scope(system) as scope:
        transaction, runs = await scope.get(Transaction), await scope.get(CohortRuns)
        async with transaction(system):
            kept = await runs.get(run.id)
            kept.expires_at -= CONFIRM_WITHIN
            await runs.save(kept)
    with pytest.raises(IllegalMove, match="over a week old"):
        await world.do(ConfirmCohortRun, boss, run.id)
    for _ in range(2):
        await world.do(ExpireCohortRuns, system, "now")
    await world.settle()
    assert (await run_of(world, boss, run)).status is CohortStatus.EXPIRED
    assert (await notices_of(world, boss)).count("CohortRunExpired") == 1


async def test_runs_and_placements_are_read_in_pages(world: World) -> None:
    boss = await an_operator(world)
    seekers = [await a_seeker(world) for _ in range(3)]
    runs = [await proposed(world, boss, an_order(AssignMode.GREEDY, one)) for one in seekers]
    page = await world.do(ListCohortRuns, boss, PageRequest(2))
    assert [run.id for run in page.items] == [runs[2].id, runs[1].id]
    assert page.next == Key(page.items[-1].ordered_at, page.items[-1].id)
    rest = await world.do(ListCohortRuns, boss, PageRequest(2, page.next))
    assert [run.id for run in rest.items] == [runs[0].id]
    whole = await proposed(world, boss)
    first = await world.do(ListPlacements, boss, whole.id, PageRequest(2))
    others = await world.do(ListPlacements, boss, whole.id, PageRequest(20, first.next))
    ids = [row.learner.id for row in (*first.items, *others.items)]
    assert ids == sorted((one.user_id for one in seekers), reverse=True)
    assert await placements_of(world, boss, whole, state=PlacementState.APPLIED) == {}


async def test_what_if_keeps_nothing(world: World) -> None:
    await a_guide(world, capacity=1)
    for _ in range(2):
        await a_seeker(world)
    system = world.system()
    needs = await world.do(GatherNeeds, system)
    outcome = await world.do(PreviewCohort, system, needs, AssignOptions(mode=AssignMode.GREEDY))
    assert (outcome.learners, outcome.placed, outcome.without_place) == (2, 1, 1)
    assert await world.do(ListCohortRuns, system, PageRequest(9)) == Page([])


async def test_a_run_is_followed_from_the_order_to_the_proposal(world: World) -> None:
    boss = await an_operator(world)
    await a_seeker(world)
    run = await world.do(OrderCohortRun, boss, an_order())
    stages: list[str] = []

    async def follow() -> None:
        async with world.scope(boss) as scope:
            watch: CohortTracker = await scope.get(CohortTracker)
            async for progress in watch.follow(boss, run.id):
                stages.extend([progress.stage] if progress else [])
                begun.set()

    following, begun = asyncio.create_task(follow()), asyncio.Event()
    await begun.wait()
    await world.settle()
    await asyncio.wait_for(following, PATIENCE)
    assert (stages[0], stages[-1]) == ("waiting", "proposed")
    if world.backend == "memory":  # one process: everything that is told is heard
        assert "matching 1 learners" in stages


async def test_who_asks_in_between_is_told_the_last_step(world: World) -> None:
    boss = await an_operator(world)
    await a_seeker(world)
    run = await world.do(OrderCohortRun, boss, an_order())
    async with world.scope(boss) as scope:
        watch: CohortTracker = await scope.get(CohortTracker)
        await watch.tell(run.id, CohortStatus.QUEUED, "still thinking", 42)
        now = await watch.now(boss, run.id)
        assert (now.stage, now.percent) == ("still thinking", 42)
        await watch.tell(run.id, CohortStatus.RUNNING, "of another state", 50)
        assert (await watch.now(boss, run.id)).stage == "waiting"
        with pytest.raises(NotAnOperator):
            await watch.now(await world.learner(), run.id)


async def test_a_learner_takes_back_what_an_operator_asked(world: World) -> None:
    boss, seeker = await an_operator(world), await a_seeker(world)
    await a_guide(world)
    run = await applied(world, boss)
    (row,) = (await placements_of(world, boss, run)).values()
    taken_back = await world.do(WithdrawMatch, seeker, row.match_id)
    assert taken_back.status is MatchStatus.WITHDRAWN
