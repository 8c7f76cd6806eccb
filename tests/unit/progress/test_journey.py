"""A journey is as far along as the weight of its completed modules."""

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.events.event import Event
from skillbridge.domain.events.progress import ModuleCompleted, ModuleReopened, RoadmapCompleted
from skillbridge.domain.ids import ModuleId, RoadmapId, UserId
from skillbridge.domain.progress.journey import (
    Journey,
    RoadmapNotReady,
    Step,
    UnknownModule,
    percent_done,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
A, B, C = ModuleId("a"), ModuleId("b"), ModuleId("c")

weights = st.lists(st.integers(1, 1000), min_size=1, max_size=12)
verbs = st.lists(st.tuples(st.booleans(), st.integers(0, 11)), max_size=40)


def journey_of(*found: int) -> Journey:
    return journey(tuple(Step(ModuleId(f"m{n}"), f"Module {n}", w) for n, w in enumerate(found)))


def journey(
    steps: tuple[Step, ...], status: Literal["drafting", "ready", "failed"] = "ready"
) -> Journey:
    return Journey(
        learner_id=UserId(uuid4()), roadmap_id=RoadmapId(uuid4()), status=status, steps=steps
    )


@pytest.mark.row("E2")
def test_the_last_module_finishes_the_roadmap() -> None:
    way = journey((Step(A, "Basics", 1), Step(B, "More", 2)))
    who: dict[str, Any] = {"learner_id": way.learner_id, "roadmap_id": way.roadmap_id}
    assert way.complete(A, at=NOW) == (
        ModuleCompleted(**who, module_id=A, title="Basics", percent=33, at=NOW),
    )
    assert way.complete(B, at=NOW) == (
        ModuleCompleted(**who, module_id=B, title="More", percent=100, at=NOW),
        RoadmapCompleted(**who, at=NOW),
    )
    assert way.undo(A, at=NOW) == (ModuleReopened(**who, module_id=A, percent=66, at=NOW),)


@pytest.mark.row("E2")
def test_doing_it_twice_changes_nothing() -> None:
    way = journey_of(1, 1)
    way.complete(ModuleId("m0"), at=NOW)
    later = NOW.replace(year=2027)
    assert way.complete(ModuleId("m0"), at=later) == ()
    assert way.completed == {"m0": NOW}
    assert way.undo(ModuleId("m1"), at=NOW) == ()


@pytest.mark.row("E2")
def test_a_module_may_be_completed_before_its_prerequisites() -> None:
    way = journey((Step(A, "A", 1), Step(B, "B", 1, (A,)), Step(C, "C", 1, (B,))))
    assert [step.id for step in way.next_steps] == [A]
    way.complete(B, at=NOW)
    assert [step.id for step in way.next_steps] == [A, C]


@pytest.mark.row("E2")
@pytest.mark.parametrize(("status", "advice"), [("drafting", "wait"), ("failed", "new one")])
def test_only_a_ready_roadmap_can_be_worked_on(
    status: Literal["drafting", "failed"], advice: str
) -> None:
    way = journey((Step(A, "A", 1),), status)
    with pytest.raises(RoadmapNotReady, match=advice):
        way.complete(A, at=NOW)
    with pytest.raises(RoadmapNotReady, match=advice):
        way.undo(A, at=NOW)


@pytest.mark.row("E2")
def test_a_module_of_another_roadmap_is_unknown() -> None:
    way = journey_of(1)
    with pytest.raises(UnknownModule):
        way.complete(ModuleId("elsewhere"), at=NOW)
    with pytest.raises(UnknownModule):
        way.undo(ModuleId("elsewhere"), at=NOW)
    assert way.completed == {}


@pytest.mark.row("E2")
def test_a_roadmap_that_weighs_nothing_is_at_nought() -> None:
    assert journey(()).percent == 0
    assert percent_done([Step(A, "A", 0)], [A]) == 0


@pytest.mark.row("E2")
def test_a_module_that_weighs_nothing_does_not_finish_the_roadmap_again() -> None:
    way = journey_of(1, 0)
    assert len(way.complete(ModuleId("m0"), at=NOW)) == 2
    assert len(way.complete(ModuleId("m1"), at=NOW)) == 1


@pytest.mark.row("E2", "F1")
@given(weights, verbs)
def test_whatever_is_done_and_undone(found: list[int], story: list[tuple[bool, int]]) -> None:
    way = journey_of(*found)
    for forward, number in story:
        module_id, before = ModuleId(f"m{number % len(found)}"), way.percent
        did = way.complete(module_id, at=NOW) if forward else way.undo(module_id, at=NOW)
        assert 0 <= way.percent <= 100
        assert (way.percent == 100) == (len(way.completed) == len(found))
        assert (module_id in way.completed) == forward
        assert way.percent >= before if forward else way.percent <= before
        assert _finishes(did) == (before < 100 and way.percent == 100)
        assert len({step.id for step in way.next_steps} | way.completed.keys()) == len(found)


def _finishes(did: tuple[Event, ...]) -> bool:
    return any(isinstance(event, RoadmapCompleted) for event in did)
