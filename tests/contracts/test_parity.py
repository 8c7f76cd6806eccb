"""The real matcher and the fallback on thousands of random people: the same, to the last point."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from random import Random
from uuid import UUID, uuid4

import pytest
from tests.support.given.random_people import learners, mentors
from tests.support.matcher.matcher_process import MatcherProcess, built
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.matcher import verify
from skillbridge.adapters.matcher.client import MatcherClient
from skillbridge.adapters.matcher.sharing import LIST_LENGTH, share
from skillbridge.application.cohorts.ports import Assignment
from skillbridge.application.ranking.ports.pool import Snapshot
from skillbridge.domain.cohorts.assignment import AssignMode, AssignOptions
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import rank

pytestmark = pytest.mark.row("G2", "G3")


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[MatcherClient]:
    process = await MatcherProcess(await built()).start()
    made = MatcherClient(lambda: process.url, timeout=PATIENCE)
    yield made
    await made.aclose()
    await process.kill()


async def filled(client: MatcherClient, pool: Sequence[Candidate]) -> TenantId:
    tenant_id = TenantId(uuid4())
    await client.replace(tenant_id, Snapshot(1, pool))
    return tenant_id


@pytest.mark.parametrize("seed", range(5))
async def test_rankings_are_equal_in_order_totals_and_terms(
    client: MatcherClient, seed: int
) -> None:
    dice = Random(seed)
    pool = mentors(dice, 300)
    tenant_id = await filled(client, pool)
    named = 0
    for need in learners(dice, 400, pool=len(pool)):
        k = dice.choice([1, 5, 20, 100])
        answer = verify.ranking(await client.rank(tenant_id, need, k), need, k)
        assert answer == rank(need, pool, k)
        named += len(answer)
    assert named > 2_000, "the rules must let many through, or nothing is compared"


async def assigned(
    client: MatcherClient, pool: Sequence[Candidate], needs: Sequence[Need], mode: AssignMode
) -> Assignment:
    tenant_id, options = await filled(client, pool), AssignOptions(mode=mode)
    return verify.assignment(await client.assign(tenant_id, needs, options), needs, options)


@pytest.mark.parametrize("seed", range(5))
async def test_greedy_cohorts_are_equal_pair_by_pair(client: MatcherClient, seed: int) -> None:
    dice = Random(100 + seed)
    pool = mentors(dice, 400)
    needs = learners(dice, 150, pool=len(pool))
    ours = share(needs, pool, AssignOptions(mode=AssignMode.GREEDY))
    theirs = await assigned(client, pool, needs, AssignMode.GREEDY)
    assert pairs(theirs) == pairs(ours)
    assert theirs.objective == ours.objective > 0
    assert set(theirs.without_candidates) == set(ours.without_candidates)
    assert set(theirs.without_place) == set(ours.without_place)


@pytest.mark.parametrize("seed", range(60))
async def test_optimal_cohorts_reach_what_shortest_paths_reach(
    client: MatcherClient, seed: int
) -> None:
    dice = Random(200 + seed)
    pool = mentors(dice, dice.randint(1, LIST_LENGTH))
    needs = learners(dice, dice.randint(1, 40), pool=len(pool))
    theirs = await assigned(client, pool, needs, AssignMode.OPTIMAL)
    assert theirs.optimal
    assert theirs.objective == best_sum(needs, pool)
    truth = {
        need.learner_id: {one.mentor_id: one for one in rank(need, pool, 100)} for need in needs
    }
    for one in theirs.placements:
        assert one.mentor == truth[one.learner_id][one.mentor.mentor_id]


def pairs(cohort: Assignment) -> dict[UserId, UserId]:
    return {one.learner_id: one.mentor.mentor_id for one in cohort.placements}


def best_sum(needs: Sequence[Need], pool: Sequence[Candidate]) -> int:
    """By successive longest paths (Busacker and Gowen, 1960), another way than the matcher's.

    Learners enter one by one; each time the best path moves whoever has to make room. To leave a
    learner out is worth nothing, so a path may also end at a learner who loses their place.
    """
    value = {
        need.learner_id: {s.mentor_id: s.total for s in rank(need, pool, 100)} for need in needs
    }
    places = {mentor.id: mentor.free for mentor in pool}
    holds: dict[UserId, set[UserId]] = {mentor.id: set() for mentor in pool}
    for learner in value:
        _enter(learner, value, places, holds)
    return sum(value[one][mentor] for mentor, held in holds.items() for one in held)


def _enter(
    learner: UserId,
    value: dict[UserId, dict[UserId, int]],
    places: dict[UserId, int],
    holds: dict[UserId, set[UserId]],
) -> None:
    gain: dict[UUID, int] = {learner: 0}
    before: dict[UUID, UUID] = {}
    waiting: deque[UUID] = deque([learner])
    while waiting:  # Bellman and Ford's labels, corrected until none improves
        node = waiting.popleft()
        if node in value:
            steps = [(m, v) for m, v in value[UserId(node)].items() if node not in holds[m]]
        else:
            steps = [(one, -value[one][UserId(node)]) for one in holds[UserId(node)]]
        for onward, worth in steps:
            if gain[node] + worth > gain.get(onward, -(10**9)) and onward != learner:
                gain[onward], before[onward] = gain[node] + worth, node
                waiting.append(onward)
    free = {m for m in holds if m in gain and len(holds[m]) < places[m]}
    end = max({one for one in gain if one in value} | free, key=lambda one: gain[one])
    _move(end, before, holds)


def _move(end: UUID, before: dict[UUID, UUID], holds: dict[UserId, set[UserId]]) -> None:
    """Along the path backwards: a step to a mentor takes the place, a step from one leaves it."""
    while end in before:
        start = before[end]
        if end in holds:
            holds[UserId(end)].add(UserId(start))
        else:
            holds[UserId(start)].discard(UserId(end))
        end = start
