"""Those whom an event concerns are told, and nobody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Any
from uuid import UUID, uuid4

import pytest

from skillbridge.domain import events
from skillbridge.domain.events.accounts import EmailVerified, SessionStolen
from skillbridge.domain.events.cohorts import (
    CohortRunApplied,
    CohortRunExpired,
    CohortRunFailed,
    CohortRunProposed,
)
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.gamification import BadgeAwarded
from skillbridge.domain.events.matching import (
    LearnerPlaced,
    MatchAccepted,
    MatchDeclined,
    MatchEnded,
    MatchExpired,
    MatchRequested,
    MatchWithdrawn,
)
from skillbridge.domain.events.names import EVENTS
from skillbridge.domain.events.progress import ModuleCompleted, ModuleReopened, RoadmapCompleted
from skillbridge.domain.events.roadmaps import RoadmapFailed, RoadmapReady
from skillbridge.domain.ids import BadgeId, CohortId, EventId, MatchId, ModuleId, RoadmapId, UserId
from skillbridge.domain.notifications import templates
from skillbridge.domain.notifications.templates import TEMPLATES
from skillbridge.domain.notifications.told import notices_of, people_in

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADA, BO, SYSTEM = UserId(uuid4()), UserId(uuid4()), UserId(UUID(int=0))
NAMES = {ADA: "Ada", BO: "Bo"}
ROADMAP, MATCH = RoadmapId(uuid4()), MatchId(uuid4())
JOURNEY: dict[str, Any] = {"learner_id": ADA, "roadmap_id": ROADMAP}
SIDES: dict[str, Any] = {"match_id": MATCH, "learner_id": ADA, "mentor_id": BO}
COHORT: dict[str, Any] = {"cohort_id": CohortId(uuid4()), "operator_id": BO}
MODULE: dict[str, Any] = {"module_id": ModuleId("m"), "percent": 40}

TOLD: list[tuple[Event, UserId, str]] = [
    (EmailVerified(user_id=ADA, at=NOW), ADA, "Welcome, Ada"),
    (SessionStolen(user_id=ADA, at=NOW), ADA, "A sign-in was closed"),
    (RoadmapReady(**JOURNEY, title="Go", author="template", at=NOW), ADA, "“Go” waits for you"),
    (RoadmapFailed(**JOURNEY, reason="no resources", at=NOW), ADA, "The reason: no resources."),
    (ModuleCompleted(**JOURNEY, **MODULE, title="Tests", at=NOW), ADA, "completed: Tests"),
    (ModuleCompleted(**JOURNEY, **MODULE, title="Tests", at=NOW), ADA, "You are 40 % through"),
    (RoadmapCompleted(**JOURNEY, at=NOW), ADA, "Roadmap finished"),
    (BadgeAwarded(user_id=BO, badge_id=BadgeId("b"), title="Open door", at=NOW), BO, "Open door"),
    (MatchRequested(**SIDES, at=NOW), BO, "Ada asks you to be their mentor"),
    (MatchAccepted(**SIDES, at=NOW), ADA, "Bo is now your mentor"),
    (MatchDeclined(**SIDES, at=NOW), ADA, "Bo cannot be your mentor now"),
    (MatchExpired(**SIDES, at=NOW), ADA, "Bo did not answer in time"),
    (MatchWithdrawn(**SIDES, at=NOW), BO, "Ada withdrew their request"),
    (LearnerPlaced(**SIDES, at=NOW), ADA, "We have asked Bo to be your mentor"),
    (CohortRunProposed(**COHORT, learners=9, placed=7, at=NOW), BO, "is matched: 7 of 9"),
    (CohortRunApplied(**COHORT, applied=6, skipped=1, at=NOW), BO, "6 requests were made, 1 pl"),
    (CohortRunFailed(**COHORT, reason="nobody", at=NOW), BO, "The reason: nobody."),
    (CohortRunExpired(**COHORT, at=NOW), BO, "Nobody confirmed it within a week"),
    (MatchEnded(**SIDES, by=ADA, completed=True, at=NOW), BO, "with Ada has ended"),
    (MatchEnded(**SIDES, by=BO, completed=False, at=NOW), ADA, "It was marked as cancelled."),
]


@pytest.mark.row("J2")
@pytest.mark.parametrize(("event", "to", "words"), TOLD, ids=lambda part: type(part).__name__)
def test_one_person_is_told_in_these_words(event: Event, to: UserId, words: str) -> None:
    (notice,) = notices_of(event, NAMES)
    assert words in f"{notice.title} | {notice.body}"
    assert (notice.user_id, notice.event_id, notice.created_at) == (to, event.id, NOW)
    assert notice.kind == type(event).__name__
    assert "{" not in notice.title + notice.body + notice.link


@pytest.mark.row("J2")
def test_every_event_with_a_template_is_tried_above() -> None:
    assert set(TEMPLATES) == {type(event) for event, _, _ in TOLD}
    assert set(TEMPLATES) <= set(EVENTS.values())


@pytest.mark.row("J2", "A1")
def test_each_context_says_what_is_told_of_its_own_events() -> None:
    for module in iter_modules(templates.__path__):
        part = import_module(f"{templates.__name__}.{module.name}").TEMPLATES
        assert {kind.__module__ for kind in part} == {f"{events.__name__}.{module.name}"}


@pytest.mark.row("J2")
def test_both_are_told_when_somebody_else_ended_it() -> None:
    notices = notices_of(MatchEnded(**SIDES, by=SYSTEM, completed=False, at=NOW), NAMES)
    assert {notice.user_id for notice in notices} == {ADA, BO}
    assert len({notice.id for notice in notices}) == 2
    assert {notice.link for notice in notices} == {f"/matches/{MATCH}"}


@pytest.mark.row("J2")
@pytest.mark.parametrize(("event", "to", "_"), TOLD, ids=lambda part: type(part).__name__)
def test_what_is_done_again_is_the_same_notice(event: Event, to: UserId, _: str) -> None:
    """Another event of another time: only a theft is new each time."""
    again = replace(event, id=EventId(uuid4()), at=NOW + timedelta(days=1))
    (first,), (second,) = notices_of(event, NAMES), notices_of(again, NAMES)
    assert (first.id == second.id) is not isinstance(event, SessionStolen)
    assert first.about == second.about != ""


@pytest.mark.row("J2")
def test_what_else_is_done_is_another_notice_and_may_be_about_the_same() -> None:
    asked, withdrawn = MatchRequested(**SIDES, at=NOW), MatchWithdrawn(**SIDES, at=NOW)
    asked_again = replace(asked, match_id=MatchId(uuid4()))
    by_another = replace(asked, match_id=MatchId(uuid4()), learner_id=UserId(uuid4()))
    told = [notices_of(event, NAMES)[0] for event in (asked, asked_again, by_another, withdrawn)]
    assert len({notice.id for notice in told}) == len(told)
    assert told[0].about == told[1].about != told[2].about
    done = [ModuleCompleted(**JOURNEY, **MODULE, title="Tests", at=NOW)]
    done.append(replace(done[0], module_id=ModuleId("n")))
    done.append(replace(done[0], roadmap_id=RoadmapId(uuid4())))
    assert len({notices_of(event, NAMES)[0].id for event in done}) == len(done)


@pytest.mark.row("J2")
def test_the_same_event_makes_the_same_notice() -> None:
    event = RoadmapCompleted(**JOURNEY, at=NOW)
    assert notices_of(event, NAMES) == notices_of(event, {})


@pytest.mark.row("J2")
def test_nobody_is_told_of_what_they_undid() -> None:
    assert notices_of(ModuleReopened(**JOURNEY, **MODULE, at=NOW), NAMES) == ()


@pytest.mark.row("J2")
def test_an_order_at_the_command_line_is_nobodys_to_be_told_of() -> None:
    assert notices_of(CohortRunExpired(**{**COHORT, "operator_id": None}, at=NOW), NAMES) == ()


@pytest.mark.row("J2")
def test_a_person_without_a_name_is_still_a_person() -> None:
    (notice,) = notices_of(MatchRequested(**SIDES, at=NOW), {})
    assert notice.title == "A learner asks you to be their mentor"


@pytest.mark.row("J2")
def test_a_brace_in_a_title_is_only_a_brace() -> None:
    event = ModuleCompleted(**JOURNEY, **MODULE, title="{learner_id}", at=NOW)
    (notice,) = notices_of(event, NAMES)
    assert notice.title == "Module completed: {learner_id}"


@pytest.mark.row("J2")
def test_the_people_of_an_event() -> None:
    assert people_in(MatchAccepted(**SIDES, at=NOW)) == {"learner": ADA, "mentor": BO}
    assert people_in(EmailVerified(user_id=ADA, at=NOW)) == {"user": ADA}
