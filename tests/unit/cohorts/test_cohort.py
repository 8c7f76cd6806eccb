"""The life of a cohort run, and of what it found for a learner."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.support import rules

from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.cohorts import order
from skillbridge.domain.cohorts.assignment import AssignMode, AssignOptions, gap_between
from skillbridge.domain.cohorts.cohort import AT_WORK, CohortRun, CohortStatus, ProposalOverdue
from skillbridge.domain.cohorts.fairness import fairness
from skillbridge.domain.cohorts.operator import NotAnOperator, must_operate, operator
from skillbridge.domain.cohorts.order import CohortOrder, Outcome
from skillbridge.domain.cohorts.placement import WORDS, Because, CohortPlacement, PlacementState
from skillbridge.domain.errors import Invalid, StaleWrite
from skillbridge.domain.events.cohorts import (
    CohortRunApplied,
    CohortRunConfirmed,
    CohortRunDiscarded,
    CohortRunExpired,
    CohortRunFailed,
    CohortRunOrdered,
    CohortRunProposed,
)
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.matching import LearnerPlaced, MatchRequested
from skillbridge.domain.ids import CohortId, MatchId, TenantId, UserId
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.domain.matching.match import Match
from skillbridge.domain.matching.pair_status import PairStatus
from skillbridge.domain.mentors.mentor import Mentor, Offer
from skillbridge.domain.ranking.score import Weights

LONGEST_DEADLINE = timedelta(minutes=2)
CONFIRM_WITHIN = timedelta(days=7)

pytestmark = pytest.mark.row("G2", "G4")

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
TENANT, COHORT = TenantId(uuid4()), CohortId(uuid4())
BOSS = Actor.person(UserId(uuid4()), TENANT, frozenset({Role.LEARNER, Role.ADMIN}))
PERSON = Actor.person(UserId(uuid4()), TENANT, frozenset(set(Role) - {Role.ADMIN}))
SYSTEM = Actor.system(TENANT)

FOUND = Outcome(
    learners=3,
    left_out=0,
    placed=2,
    without_candidates=1,
    without_place=0,
    objective=12_000,
    bound=12_000,
    gap_ppm=0,
    optimal=True,
    scope="pool",
    answered_by=AssignMode.OPTIMAL,
    hurried=False,
    rounds=1,
    blocking_pairs=0,
    fairness=fairness([], {}, (), without_candidates=0),
    source="matcher",
    degraded=False,
    pool_version=7,
)


def ordered(order: CohortOrder | None = None, by: Actor = BOSS) -> CohortRun:
    run, events = CohortRun.requested(COHORT, order or CohortOrder(), by=operator(by), at=NOW)
    told = CohortRunOrdered(cohort_id=COHORT, operator_id=operator(by), at=NOW)
    assert events == (told,)
    return run


def proposed() -> CohortRun:
    run = ordered()
    run.start()
    assert isinstance(run.propose(FOUND, at=NOW)[0], CohortRunProposed)
    return run


def test_the_week_to_confirm_begins_anew_with_the_proposal() -> None:
    run, week = ordered(), timedelta(days=7)
    assert run.expires_at == NOW + week
    run.start()
    found = NOW + timedelta(days=6)
    run.propose(FOUND, at=found)
    assert run.expires_at == found + week
    with pytest.raises(ProposalOverdue):
        run.confirm(BOSS, at=found + week)
    assert run.confirm(BOSS, at=found + week - timedelta(microseconds=1))


class AnyLife(RuleBasedStateMachine):
    """Whatever is tried in whatever order, the table alone says what happens."""

    @initialize()
    def order(self) -> None:
        self.run, self.now = ordered(), NOW
        self.told: list[Event] = []
        self.confirmed = False

    @rule(hours=st.integers(0, 100))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(verb=st.sampled_from(sorted(rules.COHORT)), by=st.sampled_from([BOSS, PERSON, SYSTEM]))
    def somebody_tries(self, verb: str, by: Actor) -> None:
        before = self.run.status
        try:
            events = self._do(verb, by)
        except NotAnOperator:
            assert by is PERSON
            assert self.run.status is before
        except ProposalOverdue:
            assert verb == "confirm"
            assert self.now >= self.run.expires_at
            assert self.run.status is before
        except IllegalMove:
            assert before not in rules.COHORT[verb][0]
            assert self.run.status is before
        else:
            moved = self.run.status is not before
            assert not moved or self.run.status == rules.COHORT[verb][1]
            assert bool(events) == (moved and verb != "start")
            self.told += events
            self.confirmed |= self.run.status is CohortStatus.CONFIRMED

    def _do(self, verb: str, by: Actor) -> tuple[Event, ...]:
        run, at = self.run, self.now
        if verb == "start":
            run.start()
            return ()
        if verb == "propose":
            return run.propose(FOUND, at=at)
        if verb == "fail":
            return run.fail("no", at=at)
        if verb == "finish":
            return run.finish(applied=2, skipped=0, at=at)
        if verb == "expire":
            return run.expire(at=at)
        return run.confirm(by, at=at) if verb == "confirm" else run.discard(by, at=at)

    @invariant()
    def nothing_is_applied_that_nobody_confirmed(self) -> None:
        run = self.run
        assert (run.status is not CohortStatus.APPLIED) or self.confirmed
        assert (run.confirmed_at is not None) == self.confirmed
        assert (run.outcome is not None) == (run.proposed_at is not None)
        assert (run.applied > 0) == (run.status is CohortStatus.APPLIED)
        over = not any(run.status in sources for sources, _ in rules.COHORT.values())
        assert (run.ended_at is not None) == over
        assert len(self.told) <= 3
        assert not (over and run.status in AT_WORK)


TestAnyLife = AnyLife.TestCase


def test_each_end_is_told_to_who_ordered_it() -> None:
    told: dict[str, object] = {"cohort_id": COHORT, "operator_id": BOSS.user_id, "at": NOW}
    failing = ordered()
    assert failing.fail("no", at=NOW) == (CohortRunFailed(**told, reason="no"),)  # type: ignore[arg-type]  # one dictionary for all
    expiring = proposed()
    assert expiring.expire(at=NOW) == (CohortRunExpired(**told),)  # type: ignore[arg-type]  # same
    discarded = ordered()
    assert discarded.discard(BOSS, at=NOW) == (CohortRunDiscarded(**told),)  # type: ignore[arg-type]  # same
    run = proposed()
    assert run.confirm(BOSS, at=NOW) == (CohortRunConfirmed(**told),)  # type: ignore[arg-type]  # same
    done = run.finish(applied=2, skipped=1, at=NOW)
    assert done == (CohortRunApplied(**told, applied=2, skipped=1),)  # type: ignore[arg-type]  # same


def test_a_verb_that_comes_again_changes_nothing() -> None:
    run = proposed()
    run.confirm(BOSS, at=NOW)
    assert run.confirm(SYSTEM, at=NOW + CONFIRM_WITHIN) == ()
    assert (run.confirmed_by, run.confirmed_at) == (BOSS.user_id, NOW)
    run.finish(applied=2, skipped=0, at=NOW)
    assert run.confirm(BOSS, at=NOW) == ()
    other = ordered()
    other.discard(BOSS, at=NOW)
    assert other.discard(BOSS, at=NOW) == ()


def test_a_proposal_may_be_confirmed_for_a_week() -> None:
    run = proposed()
    with pytest.raises(ProposalOverdue):
        run.confirm(BOSS, at=NOW + CONFIRM_WITHIN)
    run.confirm(BOSS, at=NOW + CONFIRM_WITHIN - timedelta(microseconds=1))


def test_only_administrators_and_the_system_operate() -> None:
    must_operate(BOSS)
    must_operate(SYSTEM)
    with pytest.raises(NotAnOperator):
        must_operate(PERSON)
    assert (operator(BOSS), operator(SYSTEM)) == (BOSS.user_id, None)


def test_a_run_awaits_its_own_order_while_it_is_at_work() -> None:
    order = CohortOrder(options=AssignOptions(mode=AssignMode.GREEDY))
    run = ordered(order)
    assert run.awaits(CohortOrder(options=AssignOptions(mode=AssignMode.GREEDY)))
    assert not run.awaits(CohortOrder())
    run.start()
    assert run.awaits(order)
    run.propose(FOUND, at=NOW)
    assert not run.awaits(order)


def test_what_changed_meanwhile_is_not_what_was_seen() -> None:
    run = ordered()
    run.must_be(None)
    run.must_be({1, 3})
    with pytest.raises(StaleWrite):
        run.must_be({2})


@pytest.mark.parametrize(
    "options",
    [
        {"k": 0},
        {"k": 101},
        {"gap_ppm": -1},
        {"gap_ppm": 1_000_001},
        {"deadline": timedelta()},
        {"deadline": LONGEST_DEADLINE + timedelta(microseconds=1)},
    ],
)
def test_options_have_bounds(options: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        AssignOptions(**options)  # type: ignore[arg-type]  # wrong on purpose


def test_options_at_their_bounds_are_fine() -> None:
    AssignOptions(k=1, gap_ppm=0, deadline=timedelta(milliseconds=1), weights=Weights())
    AssignOptions(k=100, gap_ppm=1_000_000, deadline=LONGEST_DEADLINE)


def test_an_order_names_each_learner_once_and_not_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, two = UserId(uuid4()), UserId(uuid4())
    for named in ((), (one, one)):
        with pytest.raises(Invalid):
            CohortOrder(learner_ids=named)
    monkeypatch.setattr(order, "MOST_LEARNERS", 1)
    with pytest.raises(Invalid, match="at most"):
        CohortOrder(learner_ids=(one, two))


def test_a_gap_is_rounded_up_so_that_none_is_a_proof() -> None:
    assert (gap_between(0, 0), gap_between(5, 5)) == (0, 0)
    assert gap_between(9_999_999_999, 10_000_000_000) == 1
    assert gap_between(0, 5) == 1_000_000


LEARNER = UserId(uuid4())


def a_guide(**offer: object) -> Mentor:
    said = Offer(**{"headline": "Here", "capacity": 2, **offer})  # type: ignore[arg-type]  # of any kind
    return Mentor.offering(UserId(uuid4()), said, at=NOW)[0]


def ask(
    guide: Mentor | None, pair_status: PairStatus
) -> tuple[CohortPlacement, Match | None, tuple[Event, ...]]:
    placement = CohortPlacement(
        cohort_id=COHORT, learner_id=LEARNER, mentor_id=guide.user_id if guide else UserId(uuid4())
    )
    match, events = placement.ask(MatchId(uuid4()), guide, pair_status, at=NOW)
    return placement, match, events


def test_an_applied_placement_is_a_request_that_both_hear_of() -> None:
    guide = a_guide()
    placement, match, events = ask(guide, PairStatus(mentor_asked=1))
    assert match is not None
    sides = {"match_id": match.id, "learner_id": LEARNER, "mentor_id": guide.user_id, "at": NOW}
    assert events == (MatchRequested(**sides), LearnerPlaced(**sides))  # type: ignore[arg-type]  # one dictionary for both
    assert (placement.state, placement.match_id) == (PlacementState.APPLIED, match.id)
    assert placement.because is None
    with pytest.raises(IllegalMove):
        placement.ask(MatchId(uuid4()), guide, PairStatus(), at=NOW)


FULL, PAUSED = a_guide(), a_guide(accepting=False)
FULL.active_matches = 2


@pytest.mark.parametrize(
    ("guide", "pair_status", "because"),
    [
        (a_guide(), PairStatus(learner_here=False), Because.LEARNER_GONE),
        (a_guide(), PairStatus(learner_open=1), Because.ALREADY_MATCHED),
        (a_guide(), PairStatus(declined=True), Because.DECLINED),
        (None, PairStatus(), Because.MENTOR_GONE),
        (PAUSED, PairStatus(), Because.MENTOR_PAUSED),
        (FULL, PairStatus(), Because.MENTOR_FULL),
        (a_guide(), PairStatus(mentor_asked=2), Because.MENTOR_FULL),
    ],
)
def test_what_is_not_possible_any_more_is_skipped(
    guide: Mentor | None, pair_status: PairStatus, because: Because
) -> None:
    placement, match, events = ask(guide, pair_status)
    assert (match, events) == (None, ())
    assert (placement.state, placement.because) == (PlacementState.SKIPPED, because)


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Because)
    unplaced = CohortPlacement.unplaced(COHORT, LEARNER, Because.WITHOUT_PLACE)
    assert unplaced.reasons == (WORDS[Because.WITHOUT_PLACE],)
    assert unplaced.mentor_id is None
