"""A roadmap's life, and when its modules are due."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.roadmaps.examples import CATALOGUE, a_brief, a_module, an_outline, briefs

from skillbridge.domain.events.roadmaps import RoadmapFailed, RoadmapReady, RoadmapRequested
from skillbridge.domain.ids import ModuleId, RoadmapId, TenantId, UserId
from skillbridge.domain.level import Level
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.roadmap import Author, Roadmap, RoadmapStatus
from skillbridge.domain.roadmaps.schedule import due_dates
from skillbridge.domain.roadmaps.template import draft

pytestmark = pytest.mark.row("E1", "E2")

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
ID, TENANT, LEARNER = RoadmapId(UUID(int=1)), TenantId(UUID(int=2)), UserId(UUID(int=3))


def requested(brief: Brief | None = None) -> Roadmap:
    roadmap, _ = Roadmap.request(
        ID, brief or a_brief(), tenant_id=TENANT, learner_id=LEARNER, at=NOW
    )
    return roadmap


def test_a_request_starts_the_drafting() -> None:
    roadmap, events = Roadmap.request(ID, a_brief(), tenant_id=TENANT, learner_id=LEARNER, at=NOW)
    assert events == (RoadmapRequested(roadmap_id=ID, learner_id=LEARNER, at=NOW),)
    assert roadmap.status is RoadmapStatus.DRAFTING
    assert (roadmap.title, roadmap.starts_on) == (a_brief().goal, NOW.date())
    assert roadmap.due == {}


def test_it_awaits_what_was_asked_for_until_it_is_drawn() -> None:
    roadmap = requested(a_brief())
    assert roadmap.awaits(a_brief(goal=f" {a_brief().goal} "))
    for change in ({"goal": "Another"}, {"level": Level.ADVANCED}, {"hours_per_week": 6}):
        assert not roadmap.awaits(a_brief(**change))
    roadmap.adopt(an_outline(), Author.MODEL, at=NOW)
    assert not roadmap.awaits(a_brief())


def test_a_long_goal_is_cut_to_a_title() -> None:
    title = requested(a_brief(goal="become\n" + "x" * 400)).title
    assert len(title) == 80
    assert title.startswith("become xxx")
    assert title.endswith("…")


def test_an_adopted_outline_makes_it_ready() -> None:
    roadmap = requested()
    events = roadmap.adopt(an_outline(), Author.TEMPLATE, at=LATER, reason="no model")
    assert events == (
        RoadmapReady(
            roadmap_id=ID, learner_id=LEARNER, title=an_outline().title, author="template", at=LATER
        ),
    )
    assert roadmap.status is RoadmapStatus.READY
    assert (roadmap.title, roadmap.reason) == (an_outline().title, "no model")
    assert roadmap.author is Author.TEMPLATE


def test_modules_are_put_in_order() -> None:
    roadmap = requested()
    roadmap.adopt(an_outline(*reversed(an_outline().modules)), Author.MODEL, at=LATER)
    assert roadmap.modules == an_outline().modules


def test_the_first_outline_stays() -> None:
    roadmap = requested()
    roadmap.adopt(an_outline(), Author.TEMPLATE, at=LATER)
    other = an_outline(a_module("x"), a_module("y"), a_module("z"))
    assert roadmap.adopt(other, Author.MODEL, at=LATER) == ()
    assert roadmap.modules == an_outline().modules
    assert roadmap.author is Author.TEMPLATE


def test_a_failure_is_told_once_and_is_the_end() -> None:
    roadmap = requested()
    assert roadmap.fail("tried too often", at=LATER) == (
        RoadmapFailed(roadmap_id=ID, learner_id=LEARNER, reason="tried too often", at=LATER),
    )
    assert roadmap.fail("again", at=LATER) == ()
    assert roadmap.reason == "tried too often"
    with pytest.raises(IllegalMove):
        roadmap.adopt(an_outline(), Author.MODEL, at=LATER)


def test_what_is_ready_cannot_fail() -> None:
    roadmap = requested()
    roadmap.adopt(an_outline(), Author.MODEL, at=LATER)
    with pytest.raises(IllegalMove):
        roadmap.fail("too late", at=LATER)


def test_due_dates_work_forward_from_the_start() -> None:
    roadmap = requested(a_brief(hours_per_week=5))
    roadmap.adopt(an_outline(), Author.MODEL, at=LATER)
    assert roadmap.due == {
        ModuleId("basics"): date(2026, 3, 9),
        ModuleId("more"): date(2026, 3, 16),
        ModuleId("most"): date(2026, 3, 23),
    }


@given(st.integers(15, 10_000), st.integers(60, 3600))
def test_part_of_a_day_counts_as_a_day(minutes: int, pace: int) -> None:
    start = NOW.date()
    due = due_dates([a_module("m", minutes=minutes)], minutes_per_week=pace, start=start)
    days = (due[ModuleId("m")] - start).days
    assert (days - 1) * pace < minutes * 7 <= days * pace


@given(briefs())
def test_due_dates_never_go_back_and_end_within_a_year(brief: Brief) -> None:
    roadmap = requested(brief)
    roadmap.adopt(draft(brief, CATALOGUE), Author.TEMPLATE, at=LATER)
    dates = list(roadmap.due.values())
    assert all(former <= later for former, later in pairwise(dates))
    assert NOW.date() < dates[0]
    assert dates[-1] <= NOW.date() + timedelta(weeks=52)
