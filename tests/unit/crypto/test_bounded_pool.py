"""Dear work waits for its turn."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.crypto.bounded_pool import BoundedPool
from skillbridge.application.accounts.ports.passwords import TooBusy

pytestmark = pytest.mark.row("C1", "C7")


class Work:
    """What runs holds its thread until it is let go, one at a time."""

    def __init__(self) -> None:
        self.pool = BoundedPool(at_once=1, most=6, most_of_one=4, name="work")
        self.began: list[str] = []
        self.may_end = threading.Semaphore(0)

    def begin(self, network: str) -> asyncio.Task[None]:
        return asyncio.create_task(self.pool(network, self._run, network))

    def _run(self, network: str) -> None:
        self.began.append(network)
        assert self.may_end.acquire(timeout=PATIENCE)


@pytest.fixture
async def work() -> AsyncIterator[Work]:
    made = Work()
    yield made
    for _ in range(20):
        made.may_end.release()
    made.pool.close()


async def settled() -> None:
    """Every task that was begun has come to where it waits."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_whoever_finds_no_place_is_turned_away_at_once(work: Work) -> None:
    here = [work.begin(str(n)) for n in range(6)]
    await settled()
    with pytest.raises(TooBusy) as refused:
        await work.begin("7")
    assert refused.value.retry_after > 0
    for _ in here:
        work.may_end.release()
    await asyncio.gather(*here)
    assert len(work.began) == 6


async def test_one_network_cannot_take_all_places(work: Work) -> None:
    here = [work.begin("flood") for _ in range(4)]
    await settled()
    one_more = work.begin("flood")
    await settled()
    assert one_more.done()
    with pytest.raises(TooBusy):
        await one_more
    here.append(work.begin("somebody"))
    for _ in here:
        work.may_end.release()
    await asyncio.gather(*here)
    again = work.begin("flood")
    work.may_end.release()
    await again


async def test_somebody_else_waits_for_what_runs_and_not_for_what_waits(work: Work) -> None:
    here = [work.begin("flood") for _ in range(4)]
    await settled()
    here.append(work.begin("somebody"))
    await settled()
    for _ in here:
        work.may_end.release()
    await asyncio.gather(*here)
    assert work.began == ["flood", "flood", "somebody", "flood", "flood"]


async def test_the_systems_own_work_is_of_no_network(work: Work) -> None:
    here = [work.begin("") for _ in range(6)]
    for _ in here:
        work.may_end.release()
    await asyncio.gather(*here)


async def test_who_goes_away_leaves_the_place_only_when_the_thread_is_free(work: Work) -> None:
    running, waiting = work.begin("one"), work.begin("two")
    await settled()
    running.cancel()
    waiting.cancel()
    await asyncio.gather(running, waiting, return_exceptions=True)
    assert work.pool._here == {"one": 1}
    after = work.begin("three")
    await settled()
    assert not after.done()
    work.may_end.release()
    work.may_end.release()
    await after
    await settled()
    assert work.pool._here == {}
    assert work.pool._running == 0
    assert work.began == ["one", "three"]


async def test_who_goes_away_in_their_turn_gives_it_to_the_next(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, chosen, last = (work.begin(name) for name in ("one", "two", "three"))
    await settled()
    to_the_next = BoundedPool._next

    def then_two_goes_away(pool: BoundedPool) -> None:
        to_the_next(pool)
        chosen.cancel()

    monkeypatch.setattr(BoundedPool, "_next", then_two_goes_away)
    for _ in range(2):
        work.may_end.release()
    await asyncio.gather(running, last)
    with pytest.raises(asyncio.CancelledError):
        await chosen
    await settled()
    assert work.began == ["one", "three"]
    assert work.pool._running == 0
