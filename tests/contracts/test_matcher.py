"""What every matcher does: the fallback in Python, and the real service behind its switch."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.given.mentors import ListedPool, a_mentor, a_need, mentors, needs, user
from tests.support.matcher.matcher_process import MatcherProcess, built
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.matcher.client import MatcherClient
from skillbridge.adapters.matcher.fallback import FallbackMatcher
from skillbridge.adapters.matcher.sharing import share
from skillbridge.adapters.matcher.switch import TROUBLE, Matcher, SwitchingMatcher
from skillbridge.adapters.matcher.sync import MatcherFeed, NoFeed
from skillbridge.adapters.resilience import Breaker
from skillbridge.application.cohorts.ports import Assignment
from skillbridge.application.ranking.ports.pool import PoolFeed
from skillbridge.application.ranking.ports.ranker import Source
from skillbridge.domain.cohorts.assignment import AssignMode, AssignOptions
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import TenantId
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import Weights, rank

pytestmark = pytest.mark.row("G1", "G2", "G3")

GREEDY = AssignOptions(mode=AssignMode.GREEDY)


@dataclass
class Office:
    """One tenant's matcher, its mentors and what keeps them fresh."""

    tenant_id: TenantId
    pool: ListedPool
    matcher: Matcher
    feed: PoolFeed


@dataclass
class Offices:
    """Opens offices with a matcher of one kind."""

    client: MatcherClient | None
    source: Source

    async def open(self, *candidates: Candidate) -> Office:
        tenant_id, pool = TenantId(uuid4()), ListedPool.of(*candidates)
        fallback = FallbackMatcher(pool)
        if self.client is None:
            return Office(tenant_id, pool, fallback, NoFeed())
        feed = MatcherFeed(self.client, pool)
        await feed.push(tenant_id)
        breaker = Breaker("matcher", counts=TROUBLE)
        switch = SwitchingMatcher(self.client, fallback, pool, feed, breaker)
        return Office(tenant_id, pool, switch, feed)


@pytest.fixture(scope="module", params=[Source.FALLBACK, Source.MATCHER])
async def offices(request: pytest.FixtureRequest) -> AsyncIterator[Offices]:
    if request.param is Source.FALLBACK:
        yield Offices(None, Source.FALLBACK)
        return
    process = await MatcherProcess(await built()).start()
    client = MatcherClient(lambda: process.url, timeout=PATIENCE)
    yield Offices(client, Source.MATCHER)
    await client.aclose()
    await process.kill()


async def test_the_best_come_first_and_say_why(offices: Offices) -> None:
    office = await offices.open(a_mentor(10, taken=1), a_mentor(11), a_mentor(12, capacity=0))
    ranking = await office.matcher.rank(office.tenant_id, a_need(), 5)
    assert [score.mentor_id for score in ranking.suggestions] == [user(11), user(10)]
    assert [score.terms["free"] for score in ranking.suggestions] == [700, 350]
    assert (ranking.degraded, ranking.source) == (False, offices.source)


@given(st.lists(mentors(), max_size=25, unique_by=lambda mentor: mentor.id), needs())
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
async def test_every_ranking_is_the_rule_of_the_domain(
    offices: Offices, candidates: list[Candidate], need: Need
) -> None:
    office = await offices.open(*candidates)
    ranking = await office.matcher.rank(office.tenant_id, need, 5)
    assert ranking.suggestions == rank(need, candidates, 5)
    assert (ranking.degraded, ranking.source) == (False, offices.source)


@given(
    st.lists(mentors(), max_size=12, unique_by=lambda mentor: mentor.id),
    st.integers(1, 6).flatmap(lambda size: st.tuples(*(needs(number) for number in range(size)))),
)
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
async def test_every_cohort_keeps_to_the_places_and_accounts_for_everyone(
    offices: Offices, candidates: list[Candidate], learners: tuple[Need, ...]
) -> None:
    office = await offices.open(*candidates)
    greedy = await office.matcher.assign(office.tenant_id, learners, GREEDY)
    best = await office.matcher.assign(office.tenant_id, learners)
    assert greedy.placements == share(learners, candidates).placements
    assert best.objective >= greedy.objective
    assert best.optimal == (best.objective == best.bound) or offices.source is Source.FALLBACK
    for cohort in (greedy, best):
        assert (cohort.degraded, cohort.source) == (False, offices.source)
        placed = [placement.learner_id for placement in cohort.placements]
        everyone = [*placed, *cohort.without_candidates, *cohort.without_place]
        assert sorted(everyone) == sorted(need.learner_id for need in learners)
        for mentor in candidates:
            taken = [one for one in cohort.placements if one.mentor.mentor_id == mentor.id]
            assert len(taken) <= mentor.free


async def test_greed_may_leave_out_whom_the_optimum_places(offices: Offices) -> None:
    office = await offices.open(
        a_mentor(10, capacity=1), a_mentor(11, capacity=1, languages=frozenset({"fr"}))
    )
    learners = (a_need(1, languages=("en", "fr")), a_need(2))
    greedy = await office.matcher.assign(office.tenant_id, learners, GREEDY)
    assert greedy.without_place == (user(2),)
    best = await office.matcher.assign(office.tenant_id, learners)
    assert best.optimal == (len(best.placements) == 2) == (offices.source is Source.MATCHER)


async def test_a_change_that_was_pushed_counts(offices: Offices) -> None:
    office = await offices.open(a_mentor(10), a_mentor(11))
    office.pool.change(a_mentor(10, taken=2))
    office.pool.change(a_mentor(12))
    await office.feed.push(office.tenant_id)
    ranking = await office.matcher.rank(office.tenant_id, a_need(), 5)
    assert [score.mentor_id for score in ranking.suggestions] == [user(11), user(12)]
    office.pool.drop(user(11))
    await office.feed.push(office.tenant_id)
    ranking = await office.matcher.rank(office.tenant_id, a_need(), 5)
    assert [score.mentor_id for score in ranking.suggestions] == [user(12)]


@pytest.mark.row("B11")
async def test_tenants_have_mentors_of_their_own(offices: Offices) -> None:
    here, there = await offices.open(a_mentor(10)), await offices.open(a_mentor(11))
    ranking = await there.matcher.rank(there.tenant_id, a_need(), 5)
    assert [score.mentor_id for score in ranking.suggestions] == [user(11)]
    ranking = await here.matcher.rank(here.tenant_id, a_need(), 5)
    assert [score.mentor_id for score in ranking.suggestions] == [user(10)]


async def test_a_question_out_of_bounds_is_refused(offices: Offices) -> None:
    office = await offices.open(a_mentor(10))
    for k in (0, 101):
        with pytest.raises(Invalid, match="1 to 100"):
            await office.matcher.rank(office.tenant_id, a_need(), k)
    with pytest.raises(Invalid, match="once"):
        await office.matcher.assign(office.tenant_id, [a_need(1), a_need(1)])


MANY = st.lists(mentors(), max_size=12, unique_by=lambda mentor: mentor.id)
COHORTS = st.integers(0, 6).flatmap(
    lambda size: st.tuples(*(needs(number) for number in range(size)))
)


@pytest.mark.parametrize("mode", [AssignMode.GREEDY, AssignMode.STABLE])
@given(MANY, COHORTS)
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
async def test_both_share_alike_and_tell_the_same_of_it(
    offices: Offices, mode: AssignMode, candidates: list[Candidate], learners: tuple[Need, ...]
) -> None:
    office, options = await offices.open(*candidates), AssignOptions(mode=mode)
    cohort = await office.matcher.assign(office.tenant_id, learners, options)
    _tells_all(offices, cohort)
    expected = share(learners, candidates, options, version=cohort.version)
    assert cohort.placements == expected.placements
    assert cohort.fairness == expected.fairness
    assert cohort.blocking_pairs == expected.blocking_pairs
    assert (cohort.answered_by, cohort.hurried) == (mode, False)


@pytest.mark.parametrize("mode", [AssignMode.OPTIMAL, AssignMode.FAST])
@given(MANY, COHORTS)
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
async def test_a_proof_is_one_and_a_gap_is_told(
    offices: Offices, mode: AssignMode, candidates: list[Candidate], learners: tuple[Need, ...]
) -> None:
    office, options = await offices.open(*candidates), AssignOptions(mode=mode, gap_ppm=0)
    cohort = await office.matcher.assign(office.tenant_id, learners, options)
    _tells_all(offices, cohort)
    by_greed = share(learners, candidates)
    assert by_greed.objective <= cohort.objective <= cohort.bound <= by_greed.bound
    assert cohort.optimal == (cohort.gap_ppm == 0)
    assert cohort.optimal or offices.source is Source.FALLBACK
    assert cohort.fairness.without_candidates == len(by_greed.without_candidates)


@pytest.mark.parametrize("mode", AssignMode)
async def test_the_weights_of_a_question_count_for_it_alone(
    offices: Offices, mode: AssignMode
) -> None:
    office = await offices.open(a_mentor(10), a_mentor(11, experience_months=60))
    skill_alone = Weights(
        skill=10_000, availability=0, language=0, location=0, rating=0, free=0, experience=0
    )
    options = AssignOptions(mode=mode, weights=skill_alone)
    cohort = await office.matcher.assign(office.tenant_id, [a_need()], options)
    _tells_all(offices, cohort)
    assert [one.mentor.terms["skill"] for one in cohort.placements] == [10_000]
    usual = await office.matcher.assign(office.tenant_id, [a_need()])
    assert [one.mentor.mentor_id for one in usual.placements] == [user(11)]


def _tells_all(offices: Offices, cohort: Assignment) -> None:
    assert (cohort.degraded, cohort.source) == (False, offices.source)
