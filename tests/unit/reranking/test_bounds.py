"""Whatever a model does, learners see their mentors, all of them, soon."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs
from tests.support.given.mentors import A_NEED, user

from skillbridge.adapters.reranking.bounds import BaseOrder, BoundedReRanker
from skillbridge.adapters.resilience import Breaker
from skillbridge.application.ranking.ports.ranker import BASE, Option, RankedList, RankingContext
from skillbridge.domain.ids import UserId
from skillbridge.domain.ranking.need import Need

pytestmark = pytest.mark.row("G8")

NOW = RankingContext(datetime(2026, 11, 1, tzinfo=UTC), 10, degraded=False)
MENTORS = tuple(user(number) for number in (3, 1, 2))
OPTIONS = [Option(one, {}) for one in MENTORS]
Says = Callable[[], Sequence[UserId]]


@dataclass
class Scripted:
    """A model that does what a test wants."""

    says: Says
    name: str = "scripted"
    asked: list[int] = field(default_factory=list)

    def __call__(
        self, need: Need, options: Sequence[Option], context: RankingContext
    ) -> Sequence[UserId]:
        self.asked.append(threading.get_ident())
        return self.says()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """A model that waits for it is let go at the end."""
    made = threading.Event()
    yield made
    made.set()


def bounded(says: Says, *, failures: int = 3) -> tuple[Scripted, BoundedReRanker]:
    model = Scripted(says)
    return model, BoundedReRanker(model, Breaker("model", failures=failures, reset_after=60))


async def test_a_model_may_put_them_in_any_order() -> None:
    model, reranker = bounded(lambda: MENTORS[::-1])
    assert await reranker.order(A_NEED, OPTIONS, NOW) == RankedList(MENTORS[::-1], "scripted")
    assert model.asked != [threading.get_ident()], "in a thread: a model may block"


def broken() -> Sequence[UserId]:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "says",
    [
        broken,
        lambda: (*MENTORS, user(9)),
        lambda: MENTORS[:2],
        lambda: (MENTORS[0], MENTORS[0], MENTORS[1]),
        lambda: (MENTORS[0], MENTORS[1], user(9)),
        lambda: None,
        lambda: ("a", "b", "c"),
    ],
    ids=["fails", "adds", "loses", "repeats", "replaces", "says nothing", "says nonsense"],
)
async def test_a_model_that_is_wrong_leaves_the_base_order(says: Says) -> None:
    _, reranker = bounded(says)
    assert await reranker.order(A_NEED, OPTIONS, NOW) == RankedList(MENTORS, BASE)


async def test_a_model_that_hangs_is_not_waited_for_and_then_left_alone(
    gate: threading.Event,
) -> None:
    def hangs() -> Sequence[UserId]:
        gate.wait()
        return MENTORS

    model, reranker = bounded(hangs, failures=2)
    for _ in range(6):
        assert await reranker.order(A_NEED, OPTIONS, NOW) == RankedList(MENTORS, BASE)
    assert len(model.asked) == 2, "a model that hangs holds few threads"


async def test_no_model_shows_the_base_order_and_asks_for_nobody_more() -> None:
    assert await BaseOrder().order(A_NEED, OPTIONS, NOW) == RankedList(MENTORS, BASE)
    assert [BaseOrder().reach(limit) for limit in (1, 100)] == [1, 100]


def test_a_model_chooses_from_the_best_fifty() -> None:
    _, reranker = bounded(lambda: MENTORS)
    assert [reranker.reach(limit) for limit in (1, 50, 80, 100)] == [50, 50, 80, 100]


async def test_a_model_that_fails_is_told_of_when_it_begins_to_and_when_it_is_over() -> None:
    said: list[Sequence[UserId]] = [[], [], MENTORS, MENTORS]
    _, reranker = bounded(lambda: said.pop(0))
    with capture_logs() as logs:
        for _ in range(4):
            await reranker.order(A_NEED, OPTIONS, NOW)
    told = [(line["event"], line.get("tries")) for line in logs]
    assert told == [("base order served", None), ("model orders again", 2)]
