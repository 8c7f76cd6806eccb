"""When the breaker lets calls through, and how often a call is tried."""

import asyncio
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs
from tests.support.timing.clock import Clock

from skillbridge.adapters.resilience import Breaker, BreakerState, CircuitOpen, retrying
from skillbridge.domain.errors import Unavailable

pytestmark = pytest.mark.row("G3", "E5", "L13")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("post", failures=2, reset_after=5, counts=(Unavailable,), clock=clock)


async def call(breaker: Breaker, error: BaseException | None = None) -> None:
    async with breaker:
        if error is not None:
            raise error


def state_of(breaker: Breaker) -> BreakerState:
    return breaker.state


async def broken(breaker: Breaker) -> None:
    for _ in range(2):
        with pytest.raises(Unavailable, match="down"):
            await call(breaker, Unavailable("down"))


async def test_failures_in_a_row_open_it_and_it_says_how_long(breaker: Breaker) -> None:
    await broken(breaker)
    with pytest.raises(CircuitOpen, match="post is resting") as refused:
        await call(breaker)
    assert refused.value.retry_after == 5
    assert breaker.state is BreakerState.OPEN


async def test_a_success_between_failures_keeps_it_closed(breaker: Breaker) -> None:
    for error in (Unavailable("down"), None, Unavailable("down")):
        try:
            await call(breaker, error)
        except Unavailable:
            assert error is not None
    assert breaker.state is BreakerState.CLOSED


async def test_after_the_rest_one_success_closes_it(breaker: Breaker, clock: Clock) -> None:
    await broken(breaker)
    clock.now += 5
    assert state_of(breaker) is BreakerState.HALF_OPEN
    await call(breaker)
    assert state_of(breaker) is BreakerState.CLOSED


async def test_after_the_rest_one_failure_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    await broken(breaker)
    clock.now += 5
    with pytest.raises(Unavailable, match="still down"):
        await call(breaker, Unavailable("still down"))
    assert breaker.state is BreakerState.OPEN


async def test_only_one_call_tries_after_the_rest(breaker: Breaker, clock: Clock) -> None:
    await broken(breaker)
    clock.now += 5
    async with breaker:
        with pytest.raises(CircuitOpen) as refused:
            await call(breaker)
        assert refused.value.retry_after == 1


@pytest.mark.parametrize("error", [ValueError("mine"), asyncio.CancelledError()])
async def test_other_exceptions_decide_nothing(
    breaker: Breaker, clock: Clock, error: BaseException
) -> None:
    await broken(breaker)
    clock.now += 5
    with pytest.raises(type(error)):
        await call(breaker, error)
    assert state_of(breaker) is BreakerState.HALF_OPEN
    await call(breaker)
    assert state_of(breaker) is BreakerState.CLOSED


async def attempt_all(outcomes: Iterator[Exception | None]) -> int:
    tries = 0
    async for attempt in retrying(Unavailable, attempts=3, first=0.001):
        with attempt:
            tries += 1
            if (error := next(outcomes)) is not None:
                raise error
    return tries


async def test_what_may_pass_is_tried_again() -> None:
    assert await attempt_all(iter([Unavailable("1"), Unavailable("2"), None])) == 3


async def test_the_last_error_leaves_as_it_is() -> None:
    with pytest.raises(Unavailable, match="3"):
        await attempt_all(iter([Unavailable("1"), Unavailable("2"), Unavailable("3")]))


async def test_what_will_not_pass_is_not_tried_again() -> None:
    with pytest.raises(ValueError, match="mine"):
        await attempt_all(iter([ValueError("mine"), None]))


async def test_it_is_told_of_when_it_opens_and_when_it_closes(
    breaker: Breaker, clock: Clock
) -> None:
    with capture_logs() as logs:
        await broken(breaker)
        for _ in range(3):
            clock.now += 5
            with pytest.raises(Unavailable, match="down"):
                await call(breaker, Unavailable("down"))
        clock.now += 5
        await call(breaker)
    assert [line["event"] for line in logs] == ["breaker opened", "breaker closed"]
