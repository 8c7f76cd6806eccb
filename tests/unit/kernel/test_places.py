"""Places are given to who waits longest, and are never lost."""

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters.postgres.engine.places import Places

pytestmark = pytest.mark.row("B5")

LONG = 3600.0


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_waits_longest_is_next() -> None:
    places, order = Places(1), list[int]()

    async def one(number: int) -> None:
        await places.take(LONG)
        order.append(number)

    await places.take(LONG)
    waiting = [asyncio.create_task(one(number)) for number in range(3)]
    for passed in range(3):
        await settled()
        assert order == list(range(passed))
        places.give_back()
    await asyncio.gather(*waiting)
    places.give_back()
    assert places.free == 1


async def test_who_waits_too_long_is_told_and_takes_nothing() -> None:
    places = Places(1)
    await places.take(LONG)
    with pytest.raises(TimeoutError):
        await places.take(0.001)
    places.give_back()
    assert places.free == 1


async def test_a_place_given_to_who_leaves_goes_to_the_next() -> None:
    places = Places(1)
    await places.take(LONG)
    leaving = asyncio.create_task(places.take(LONG))
    staying = asyncio.create_task(places.take(LONG))
    await settled()
    places.give_back()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await staying
    places.give_back()
    assert places.free == 1


async def test_who_leaves_as_the_time_is_over_gives_back_nothing() -> None:
    places = Places(1)
    await places.take(LONG)
    leaving = asyncio.create_task(places.take(0))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(leaving.cancel)
    with pytest.raises((asyncio.CancelledError, TimeoutError)):
        await leaving
    assert places.free == 0


@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from(["take", "leave", "give"]), st.integers(0, 9)), max_size=40),
)
def test_in_any_order_no_place_is_lost_or_made(number: int, steps: list[tuple[str, int]]) -> None:
    async def played() -> None:
        places, tasks, held = Places(number), list[asyncio.Task[None]](), 0
        for step, which in steps:
            if step == "take":
                tasks.append(asyncio.create_task(places.take(LONG)))
            elif step == "leave" and tasks:
                tasks[which % len(tasks)].cancel()
            elif step == "give" and held:
                places.give_back()
                held -= 1
            if which % 2:
                await settled()
                done = [it for it in tasks if it.done()]
                held += sum(not it.cancelled() for it in done)
                tasks = [it for it in tasks if not it.done()]
                assert held + places.free == number
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
                held += 1
        assert held + places.free == number

    asyncio.run(played())
