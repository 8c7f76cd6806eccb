"""Reads are counted in this process, and the others are told in batches."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters import paces
from skillbridge.adapters.memory.signals import MemoryRateLimit
from skillbridge.domain.errors import TooMany
from skillbridge.domain.pace import Left, Pace
from skillbridge.entrypoints.http.server import meter as meter_module
from skillbridge.entrypoints.http.server.meter import Meter
from skillbridge.entrypoints.http.server.quotas import Quota

pytestmark = pytest.mark.row("C7")

QUOTA = Quota(100, timedelta(seconds=100), "reads")
BATCH = 5
SECOND = 1_000_000


class Clock:
    """Microseconds, which the test moves."""

    now = SECOND

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(paces, "microseconds", made)
    return made


def let_in(meter: Meter, times: int, whose: str = "amina") -> int:
    found = 0
    for _ in range(times):
        try:
            meter.take(QUOTA, whose)
        except TooMany:
            continue
        found += 1
    return found


async def told() -> None:
    """What was on its way has arrived."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_one_process_lets_in_exactly_the_quota(clock: Clock) -> None:
    meter = Meter(MemoryRateLimit(), now=clock)
    assert let_in(meter, 300) == 100
    await told()
    assert let_in(meter, 300) == 0
    with pytest.raises(TooMany) as refused:
        meter.take(QUOTA, "amina")
    assert refused.value.retry_after == 1
    clock.now += 3 * SECOND
    assert let_in(meter, 10) == 3
    assert let_in(meter, 10, "somebody else") == 10


async def test_each_read_tells_what_is_left(clock: Clock) -> None:
    meter = Meter(MemoryRateLimit(), now=clock)
    taken = [meter.take(QUOTA, "amina") for _ in range(2)]
    assert [meter.pace(QUOTA).left(ahead) for ahead in taken] == [(99, 1), (98, 1)]


async def test_several_processes_exceed_it_by_no_more_than_a_batch_each(clock: Clock) -> None:
    """Asked in turns, so that each is told of the others as they are told of it."""
    shared = MemoryRateLimit()
    meters, found = [Meter(shared, now=clock) for _ in range(4)], 0
    for _ in range(100):
        for meter in meters:
            found += let_in(meter, 1)
            await told()
    assert 100 <= found <= 100 + len(meters) * BATCH
    print(f"\n4 processes let in {found} of a quota of 100")  # noqa: T201  a figure of the measurement


async def test_what_few_reads_take_is_told_to_nobody(clock: Clock) -> None:
    shared = MemoryRateLimit()
    meter = Meter(shared, now=clock)
    let_in(meter, BATCH - 1)
    await told()
    assert shared.paces.due == {}
    let_in(meter, 1)
    await told()
    assert shared.paces.due == {"reads:amina": clock.now + BATCH * SECOND}


async def test_a_factor_makes_every_quota_wider(clock: Clock) -> None:
    meter = Meter(MemoryRateLimit(), factor=3, now=clock)
    assert let_in(meter, 500) == 300
    assert meter.policy(QUOTA) == b'"reads";q=300;w=100'


async def test_a_flood_of_names_does_not_fill_the_memory(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meter_module, "REMEMBERED", 3)
    meter = Meter(MemoryRateLimit(), now=clock)
    for number in range(10):
        let_in(meter, 1, f"n{number}")
        assert len(meter._counts) <= 3
    meter = Meter(MemoryRateLimit(), now=clock)
    for whose in ("one", "another"):
        let_in(meter, 1, whose)
    let_in(meter, 5, "busy")
    clock.now += 2 * SECOND
    let_in(meter, 1, "the last")
    kept = {("reads", "busy"), ("reads", "the last")}
    assert meter._counts.keys() == kept, "who has everything back is forgotten first"


@given(
    st.integers(1, 500), st.integers(1, 86_400), st.lists(st.integers(0, 5 * SECOND), max_size=50)
)
def test_what_is_told_to_be_left_is_left(limit: int, window: int, waits: list[int]) -> None:
    """After each attempt: so many more pass at once, and one more after so many seconds."""
    pace, due, now = Pace.of(limit, timedelta(seconds=window)), 0, 0
    for wait in waits:
        now += wait
        ahead = pace.ahead(due, now)
        left = pace.left(ahead)
        if ahead > 0:
            due = now + ahead
        all_of_them = pace.ahead(due, now, times=left.remaining) if left.remaining else 1
        assert all_of_them > 0
        assert pace.ahead(due, now, times=left.remaining + 1) < 0
        assert pace.ahead(due, now + left.seconds * SECOND, times=left.remaining + 1) > 0


def test_nothing_taken_is_all_left() -> None:
    assert Pace.of(7, timedelta(seconds=3)).left(0) == Left(7, 0)
