"""Sightings on one process and over Valkey: one signal for a subject in a window, and memory that is bounded."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from dishka import Provider, make_async_container
from redis.asyncio import Redis
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.memory.provider import MemorySignals
from skillbridge.adapters.redis import shared
from skillbridge.adapters.redis.provider import RedisProvider
from skillbridge.adapters.redis.shared import SharedConnection
from skillbridge.adapters.redis.sightings import RedisSightings
from skillbridge.application.ports.sightings import Sightings
from skillbridge.local.waiting import until

pytestmark = [pytest.mark.row("C6"), pytest.mark.asvs("16.3.3")]

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a server that is there, however slow the machine: else each process counts alone."""
    monkeypatch.setattr(shared, "PATIENCE", PATIENCE)


@pytest.fixture(params=["memory", "redis"])
def provider(request: pytest.FixtureRequest) -> Provider:
    if request.param == "memory":
        return MemorySignals()
    return RedisProvider(request.getfixturevalue("redis_url"))


@pytest.fixture
async def sightings(provider: Provider) -> AsyncIterator[Sightings]:
    container = make_async_container(provider)
    yield await container.get(Sightings)
    await container.close()


async def seen(
    sightings: Sightings, name: str, marks: list[str], threshold: int, window: timedelta = HOUR
) -> list[bool]:
    return [
        await sightings.sight(name, threshold=threshold, window=window, what=what) for what in marks
    ]


@pytest.mark.parametrize("seed", range(20))
async def test_the_sighting_that_makes_the_threshold_is_told_and_no_other_of_its_window(
    sightings: Sightings, seed: int
) -> None:
    """What is named counts once, what is not each time."""
    chance = Random(seed)
    for _ in range(10):
        threshold, named = chance.randint(1, 6), chance.random() < 0.5
        marks = [chance.choice("abcd01m") if named else "" for _ in range(chance.randint(0, 25))]
        counts = [len(set(marks[:end])) if named else end for end in range(len(marks) + 1)]
        expected = [before < threshold <= after for before, after in itertools.pairwise(counts)]
        assert await seen(sightings, uuid4().hex, marks, threshold) == expected
        assert sum(expected) <= 1


async def test_names_are_counted_apart(sightings: Sightings) -> None:
    one, other = uuid4().hex, uuid4().hex
    assert await seen(sightings, one, ["", ""], 3) == [False, False]
    assert await seen(sightings, other, ["", ""], 3) == [False, False]
    assert await seen(sightings, one, [""], 3) == [True]


async def test_many_at_once_are_one_signal(sightings: Sightings) -> None:
    name = uuid4().hex
    found = await asyncio.gather(
        *(sightings.sight(name, threshold=7, window=HOUR, what=str(n)) for n in range(200))
    )
    assert found.count(True) == 1


async def test_after_its_window_there_may_be_another(sightings: Sightings) -> None:
    name, moment = uuid4().hex, timedelta(milliseconds=300)
    assert await seen(sightings, name, ["", ""], 2, moment) == [False, True]

    async def again() -> bool:
        return await sightings.sight(name, threshold=2, window=moment)

    async with asyncio.timeout(PATIENCE):
        await until(again, every=0.05)


async def test_what_could_not_be_told_may_be_told_by_the_next(sightings: Sightings) -> None:
    name = uuid4().hex
    assert await seen(sightings, name, [""], 1) == [True]
    await sightings.forget(name)
    assert await seen(sightings, name, ["", ""], 1) == [True, False]


@pytest.fixture
def two(redis_url: str) -> Iterator[tuple[RedisSightings, RedisSightings]]:
    """Two processes."""
    wires = SharedConnection(redis_url), SharedConnection(redis_url)
    yield RedisSightings(wires[0]), RedisSightings(wires[1])
    for wire in wires:
        wire.close()


async def test_two_processes_at_the_threshold_raise_one(
    two: tuple[RedisSightings, RedisSightings],
) -> None:
    for _ in range(50):
        name = uuid4().hex
        assert await seen(two[0], name, ["", ""], 3) == [False, False]
        found = await asyncio.gather(
            *(one.sight(name, threshold=3, window=HOUR, what="") for one in two * 2)
        )
        assert found.count(True) == 1


async def test_a_key_names_nobody_is_bounded_and_goes_with_its_window(redis_url: str) -> None:
    wire, redis = SharedConnection(redis_url), Redis.from_url(redis_url)
    sightings, name = RedisSightings(wire), f"guessing:{uuid4()}:amina@example.org"
    before = {key async for key in redis.scan_iter("*")}
    await seen(sightings, name, [f"{n}" * 5_000 for n in range(300)], 10)
    (key,) = {key async for key in redis.scan_iter("*")} - before
    assert key.startswith(b"sightings:")
    assert b"amina" not in key
    assert await redis.scard(key) == 10
    assert (await redis.memory_usage(key) or 0) < 2_048
    assert 0 < await redis.ttl(key) <= HOUR.total_seconds()
    await redis.aclose()
    wire.close()
