"""A badge is earned by activity, and only by activity."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.events.matching import MatchAccepted, MatchDeclined
from skillbridge.domain.events.progress import ModuleCompleted
from skillbridge.domain.gamification.badge import Activity, ActivityCounts, ActivityTimes, Badge
from skillbridge.domain.gamification.badges import BADGES, doers, earned
from skillbridge.domain.ids import BadgeId, MatchId, ModuleId, RoadmapId, UserId

NOW = datetime(2026, 11, 22, tzinfo=UTC)

activities = st.dictionaries(st.sampled_from(Activity), st.integers(0, 12))


def hourly(done: ActivityCounts) -> ActivityTimes:
    """Each activity so often, an hour apart."""
    hour = timedelta(hours=1)
    return {activity: [NOW + n * hour for n in range(count)] for activity, count in done.items()}


def earned_ids(done: ActivityCounts) -> list[str]:
    return [badge.id for badge, _ in earned(hourly(done))]


@pytest.mark.row("H1")
def test_the_first_badges() -> None:
    assert earned_ids({Activity.MODULES_COMPLETED: 1}) == ["first-step"]
    assert earned_ids({Activity.MODULES_COMPLETED: 5}) == [
        "first-step",
        "steady-hand",
    ]
    assert earned_ids({Activity.ROADMAPS_FINISHED: 1}) == ["pathfinder"]
    assert earned_ids({Activity.MENTORS_FOUND: 1}) == ["connected"]
    assert earned_ids({Activity.LEARNERS_WELCOMED: 1}) == ["open-door"]
    assert earned({}) == ()


@pytest.mark.row("H1")
def test_badges_are_told_apart() -> None:
    assert len({badge.id for badge in BADGES}) == len({badge.title for badge in BADGES})
    assert len({badge.id for badge in BADGES}) == len(BADGES)


@pytest.mark.row("H1")
@given(activities, activities)
def test_more_activity_never_loses_a_badge(
    some: dict[Activity, int], others: dict[Activity, int]
) -> None:
    more = {activity: some.get(activity, 0) + others.get(activity, 0) for activity in Activity}
    assert set(earned_ids(some)) <= set(earned_ids(more))
    assert all(badge.percent(some) <= badge.percent(more) for badge in BADGES)


@pytest.mark.row("H1")
@given(st.dictionaries(st.sampled_from(Activity), st.integers(1, 9), min_size=1), activities)
def test_percent_is_100_exactly_when_earned(
    rule: dict[Activity, int], done: dict[Activity, int]
) -> None:
    badge = Badge(BadgeId("any"), "Any", "Any activity.", rule)
    assert 0 <= badge.percent(done) <= 100
    assert (badge.percent(done) == 100) == (badge.earned_at(hourly(done)) is not None)


@pytest.mark.row("H1")
@given(
    st.dictionaries(st.sampled_from(Activity), st.integers(1, 4), min_size=1),
    st.dictionaries(st.sampled_from(Activity), st.sets(st.integers(0, 99))),
)
def test_a_badge_is_earned_with_the_last_that_it_asks_for(
    rule: dict[Activity, int], hours: Mapping[Activity, set[int]]
) -> None:
    badge = Badge(BadgeId("any"), "Any", "Any activity.", rule)
    times = {it: [NOW + timedelta(hours=n) for n in sorted(some)] for it, some in hours.items()}

    def enough_by(at: datetime) -> bool:
        return all(
            sum(one <= at for one in times.get(activity, ())) >= needed
            for activity, needed in rule.items()
        )

    moments = sorted(at for some in times.values() for at in some)
    assert badge.earned_at(times) == next(filter(enough_by, moments), None)


@pytest.mark.row("H1")
@pytest.mark.parametrize("rule", [{}, {Activity.MODULES_COMPLETED: 0}])
def test_no_badge_is_earned_by_doing_nothing(rule: dict[Activity, int]) -> None:
    with pytest.raises(ValueError, match="by doing nothing"):
        Badge(BadgeId("free"), "Free", "For nothing.", rule)


@pytest.mark.row("H1")
def test_whose_activity_an_event_adds_to() -> None:
    learner, mentor = UserId(uuid4()), UserId(uuid4())
    sides: dict[str, Any] = {
        "match_id": MatchId(uuid4()),
        "learner_id": learner,
        "mentor_id": mentor,
    }
    step = ModuleCompleted(
        learner_id=learner,
        roadmap_id=RoadmapId(uuid4()),
        module_id=ModuleId("m"),
        title="M",
        percent=5,
        at=NOW,
    )
    assert doers(step) == (learner,)
    assert doers(MatchAccepted(**sides, at=NOW)) == tuple(sorted((learner, mentor)))
    assert doers(MatchDeclined(**sides, at=NOW)) == ()
