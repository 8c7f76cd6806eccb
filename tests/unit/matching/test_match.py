"""The life of a match."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.support.rules import MATCH

from skillbridge.domain.errors import Conflict, Forbidden, Invalid
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.matching import (
    MatchAccepted,
    MatchDeclined,
    MatchEnded,
    MatchExpired,
    MatchRequested,
    MatchWithdrawn,
)
from skillbridge.domain.ids import MatchId, UserId
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.domain.matching.match import (
    Match,
    MatchStatus,
    NotYetOverdue,
    RequestOverdue,
    TooManyOpenRequests,
)
from skillbridge.domain.mentors.mentor import Mentor, MentorFull, MentorPaused, Offer

ANSWER_WITHIN = timedelta(hours=72)
OPEN_REQUESTS = 5

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATE = NOW + ANSWER_WITHIN
LEARNER, STRANGER = UserId(uuid4()), UserId(uuid4())


def mentor(*, capacity: int = 1, accepting: bool = True) -> Mentor:
    offer = Offer(headline="Here to help", capacity=capacity, accepting=accepting)
    return Mentor.offering(UserId(uuid4()), offer, at=NOW)[0]


def ask(of: Mentor, *, waiting: int = 0, message: str = "") -> tuple[Match, tuple[Event, ...]]:
    match_id = MatchId(uuid4())
    return Match.request(match_id, LEARNER, of, message, waiting=waiting, at=NOW)


Verb = Callable[[Match, Mentor, UserId, datetime], tuple[Event, ...]]


def accept(match: Match, of: Mentor, by: UserId, at: datetime) -> tuple[Event, ...]:
    acting = deepcopy(of)
    acting.user_id = by
    return match.accept(acting, at=at)


VERBS: dict[str, Verb] = {
    "accept": accept,
    "decline": lambda match, _, by, at: match.decline(by=by, at=at),
    "withdraw": lambda match, _, by, at: match.withdraw(by=by, at=at),
    "expire": lambda match, _, __, at: match.expire(at=at),
    "complete": lambda match, _, by, at: match.complete(by=by, at=at),
    "cancel": lambda match, _, by, at: match.cancel(by=by, at=at),
}
MAY = {
    "accept": {"mentor"},
    "decline": {"mentor"},
    "withdraw": {"learner"},
    "expire": {"learner", "mentor", "stranger"},  # the clock acts, nobody is asked
    "complete": {"learner", "mentor"},
    "cancel": {"learner", "mentor"},
}
AGAIN = {verb: MATCH[verb][1] for verb in MAY if verb != "expire"}
"""Where a person's verb changes nothing, as it has led there already."""
TELLS: dict[str, type[Event]] = {
    "accept": MatchAccepted,
    "decline": MatchDeclined,
    "withdraw": MatchWithdrawn,
    "expire": MatchExpired,
    "complete": MatchEnded,
    "cancel": MatchEnded,
}


class Life(RuleBasedStateMachine):
    """Whoever tries whatever in whatever order: only the table's moves happen."""

    @initialize()
    def begin(self) -> None:
        self.mentor = mentor()
        self.match, _ = ask(self.mentor)
        self.path = [MatchStatus.REQUESTED]

    @rule(
        verb=st.sampled_from(sorted(VERBS)),
        who=st.sampled_from(["learner", "mentor", "stranger"]),
        at=st.sampled_from([NOW, LATE]),
    )
    def attempt(self, verb: str, who: str, at: datetime) -> None:
        people = {"learner": LEARNER, "mentor": self.mentor.user_id, "stranger": STRANGER}
        before = deepcopy(self.match)
        in_time = {"accept": at < LATE, "expire": at >= LATE}.get(verb, True)
        legal = before.status in MATCH[verb][0]
        again = AGAIN.get(verb) == before.status
        try:
            events = VERBS[verb](self.match, self.mentor, people[who], at)
        except Forbidden:
            assert who not in MAY[verb]
            assert self.match == before
        except Conflict:
            assert not again
            assert not legal or not in_time
            assert self.match == before
        else:
            assert who in MAY[verb]
            assert self.match.status == MATCH[verb][1]
            if again:
                assert (events, self.match) == ((), before)
                return
            assert legal
            assert in_time
            assert [type(event) for event in events] == [TELLS[verb]]
            self.path.append(self.match.status)

    @invariant()
    def ends_are_ends(self) -> None:
        over = self.match.status not in {MatchStatus.REQUESTED, MatchStatus.ACTIVE}
        assert (self.match.ended_at is not None) is over
        answered = self.match.answered_at is not None
        assert answered is (MatchStatus.ACTIVE in self.path or MatchStatus.DECLINED in self.path)


TestLife = pytest.mark.row("G4")(Life.TestCase)


@pytest.mark.row("G4")
@pytest.mark.parametrize("verb", sorted(VERBS))
@pytest.mark.parametrize("state", MatchStatus)
def test_a_move_that_the_table_has_not_is_a_conflict_and_changes_nothing(
    verb: str, state: MatchStatus
) -> None:
    of = mentor()
    match, _ = ask(of)
    match.status = state
    before = deepcopy(match)
    by = LEARNER if verb == "withdraw" else of.user_id
    at = LATE if verb == "expire" else NOW
    if state in MATCH[verb][0]:
        VERBS[verb](match, of, by, at)
        assert match.status == MATCH[verb][1]
    elif state == AGAIN.get(verb):
        assert VERBS[verb](match, of, by, at) == ()
        assert match == before
    else:
        with pytest.raises(IllegalMove, match="cannot"):
            VERBS[verb](match, of, by, at)
        assert match == before


@pytest.mark.row("G4")
def test_an_acceptance_that_comes_again_needs_neither_time_nor_a_free_place() -> None:
    of = mentor()
    match, _ = ask(of)
    match.accept(of, at=NOW)
    of.active_matches, before = 1, deepcopy(match)
    assert match.accept(of, at=LATE) == ()
    assert match == before


def test_asking_is_told_and_waits_three_days() -> None:
    of = mentor()
    match, events = ask(of, message="Would you look at my first API with me?")
    told = MatchRequested(match_id=match.id, learner_id=LEARNER, mentor_id=of.user_id, at=NOW)
    assert events == (told,)
    assert match.expires_at - match.requested_at == timedelta(hours=72)


def test_nobody_is_their_own_mentor() -> None:
    of = mentor()
    of.user_id = LEARNER
    with pytest.raises(Invalid, match="own mentor"):
        ask(of)


def test_a_message_has_an_end() -> None:
    ask(mentor(), message="x" * 1000)
    with pytest.raises(Invalid, match="1000"):
        ask(mentor(), message="x" * 1001)


def test_a_learner_waits_for_five_answers_at_most() -> None:
    ask(mentor(), waiting=OPEN_REQUESTS - 1)
    with pytest.raises(TooManyOpenRequests, match="withdraw"):
        ask(mentor(), waiting=OPEN_REQUESTS)


def test_a_mentor_who_pauses_or_is_full_is_not_asked() -> None:
    full = mentor()
    full.active_matches = 1
    with pytest.raises(MentorFull):
        ask(full)
    with pytest.raises(MentorPaused):
        ask(mentor(accepting=False))


@pytest.mark.row("G4")
def test_a_full_mentor_accepts_nobody() -> None:
    of = mentor()
    match, _ = ask(of)
    of.active_matches = 1
    with pytest.raises(MentorFull):
        match.accept(of, at=NOW)
    assert match.status is MatchStatus.REQUESTED


def test_a_mentor_who_pauses_may_still_accept_who_asked_before() -> None:
    of = mentor()
    match, _ = ask(of)
    of.change(Offer(headline="Back in May", capacity=1, accepting=False), at=NOW)
    match.accept(of, at=NOW)
    assert match.status is MatchStatus.ACTIVE


@pytest.mark.row("G4")
def test_the_deadline_belongs_to_the_clock() -> None:
    of = mentor()
    match, _ = ask(of)
    with pytest.raises(NotYetOverdue, match="2026-03-04 09:00 UTC"):
        match.expire(at=LATE - timedelta(microseconds=1))
    with pytest.raises(RequestOverdue, match="ask again"):
        match.accept(of, at=LATE)


@pytest.mark.parametrize("side", ["learner", "mentor"])
@pytest.mark.parametrize(("verb", "completed"), [("complete", True), ("cancel", False)])
def test_an_end_says_who_and_how(verb: str, completed: bool, side: str) -> None:
    of = mentor()
    by = LEARNER if side == "learner" else of.user_id
    match, _ = ask(of)
    match.accept(of, at=NOW)
    (told,) = VERBS[verb](match, of, by, NOW)
    assert isinstance(told, MatchEnded)
    assert (told.by, told.completed) == (by, completed)
    assert match.status.value == {"complete": "completed", "cancel": "cancelled"}[verb]
