"""What caches, limits and messages promise: in one process, and over Valkey."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from dishka import AsyncContainer, Provider, make_async_container
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.memory.provider import MemorySignals
from skillbridge.adapters.redis import shared
from skillbridge.adapters.redis.provider import RedisProvider
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.rate_limit import RateLimit, Struck
from skillbridge.domain.delay import Delay
from skillbridge.domain.errors import TooMany
from skillbridge.domain.pace import Left
from skillbridge.local.waiting import until

MINUTE = timedelta(minutes=1)


@pytest.fixture
def redis_provider(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """With a server that is there, however slow the machine: else each process counts alone."""
    monkeypatch.setattr(shared, "PATIENCE", PATIENCE)
    return RedisProvider(redis_url)


@pytest.fixture
def memory_provider() -> Provider:
    return MemorySignals()


@pytest.fixture(params=["memory", "redis"])
def provider(request: pytest.FixtureRequest) -> Provider:
    made: Provider = request.getfixturevalue(f"{request.param}_provider")
    return made


@pytest.fixture
async def signals(provider: Provider) -> AsyncIterator[AsyncContainer]:
    container = make_async_container(provider)
    yield container
    await container.close()


async def test_a_copy_is_there_until_its_time_is_over(signals: AsyncContainer) -> None:
    cache, key = await signals.get(Cache), uuid4().hex
    assert await cache.get(key) is None
    await cache.put(key, b"copy", ttl=MINUTE)
    assert await cache.get(key) == b"copy"
    await cache.put(key, b"short", ttl=timedelta(milliseconds=1))

    async def over() -> bool:
        return await cache.get(key) is None

    async with asyncio.timeout(PATIENCE):
        await until(over, every=0.01)


@pytest.mark.row("C7")
async def test_the_attempt_above_the_limit_is_told_when_to_come_back(
    signals: AsyncContainer,
) -> None:
    limit, name = await signals.get(RateLimit), uuid4().hex
    for _ in range(5):
        await limit.spend(name, limit=5, per=MINUTE)
    with pytest.raises(TooMany, match="try again in") as refused:
        await limit.spend(name, limit=5, per=MINUTE)
    assert 1 <= refused.value.retry_after <= 12
    await limit.spend(uuid4().hex, limit=5, per=MINUTE)


@pytest.mark.row("C7")
async def test_attempts_at_once_count_each(signals: AsyncContainer) -> None:
    limit, name = await signals.get(RateLimit), uuid4().hex
    tries = [limit.spend(name, limit=7, per=MINUTE) for _ in range(30)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    left = [answer.remaining for answer in answers if isinstance(answer, Left)]
    assert sorted(left) == [*range(7)]


@pytest.mark.row("C7")
async def test_each_attempt_tells_how_many_are_left_and_when_there_is_one_more(
    signals: AsyncContainer,
) -> None:
    limit, name = await signals.get(RateLimit), uuid4().hex
    numbers = {"limit": 3, "per": timedelta(hours=1)}
    for remaining in (2, 1, 0):
        left = await limit.spend(name, **numbers)
        assert (left.remaining, 1100 < left.seconds <= 1200) == (remaining, True)
    with pytest.raises(TooMany) as refused:
        await limit.spend(name, **numbers)
    assert 1100 < refused.value.retry_after <= 1200
    assert (await limit.give_back(name, **numbers)).remaining == 1
    assert (await limit.give_back(name, **numbers)).remaining == 2
    assert await limit.give_back(name, **numbers) == (3, 0)
    assert await limit.give_back(name, **numbers) == (3, 0), "there are no more than all"


@pytest.mark.row("C7")
async def test_what_was_let_in_is_counted_whether_or_not_it_was_too_much(
    signals: AsyncContainer,
) -> None:
    limit, name = await signals.get(RateLimit), uuid4().hex
    hour = timedelta(hours=1)
    ahead = [await limit.count(name, times, limit=10, per=hour) for times in (4, 8, 100)]
    assert [round(one / 360_000_000) for one in ahead] == [4, 12, 20], "no more than twice the time"
    with pytest.raises(TooMany) as refused:
        await limit.spend(name, limit=10, per=hour)
    assert 1000 < refused.value.retry_after <= 1080, "two too many, and this one"


@pytest.mark.row("C7")
async def test_an_attempt_that_is_given_back_was_never_taken(signals: AsyncContainer) -> None:
    limit, name = await signals.get(RateLimit), uuid4().hex
    for _ in range(10):
        await limit.spend(name, limit=2, per=MINUTE)
        await limit.give_back(name, limit=2, per=MINUTE)
    await limit.give_back(name, limit=2, per=MINUTE)
    for _ in range(2):
        await limit.spend(name, limit=2, per=MINUTE)
    with pytest.raises(TooMany):
        await limit.spend(name, limit=2, per=MINUTE)
    await limit.give_back(name, limit=2, per=MINUTE)
    await limit.spend(name, limit=2, per=MINUTE)
    with pytest.raises(TooMany):
        await limit.spend(name, limit=2, per=MINUTE)


async def test_attempts_come_back_with_time(signals: AsyncContainer) -> None:
    limit, name = await signals.get(RateLimit), uuid4().hex

    async def spent() -> bool:
        try:
            await limit.spend(name, limit=1, per=timedelta(seconds=1))
        except TooMany:
            return False
        return True

    assert await spent()
    async with asyncio.timeout(PATIENCE):
        await until(spent, every=0.05)


DELAY = Delay.of(3, timedelta(seconds=20), timedelta(seconds=100), timedelta(days=1))


@pytest.mark.row("C2", "C7")
async def test_so_many_tries_are_free_and_then_somebody_waits(signals: AsyncContainer) -> None:
    limit, name = await signals.get(RateLimit), uuid4().hex
    tries = [limit.strike(name, DELAY) for _ in range(200)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    struck = [one for one in answers if isinstance(one, Struck)]
    refused = [one for one in answers if isinstance(one, TooMany)]
    assert ([one.now.tries for one in struck], len(refused)) == ([1, 2, 3], 197)
    assert all(0 < one.retry_after <= 20 for one in refused)
    await limit.strike(uuid4().hex, DELAY)


@pytest.mark.row("C2")
async def test_each_wait_is_twice_the_one_before_up_to_the_bound(signals: AsyncContainer) -> None:
    """A try of somebody who had less for nothing stands for a later one."""
    limit, due = await signals.get(RateLimit), []
    for free in (2, 1, 0, -1, -2, -50):
        name, delay = uuid4().hex, replace(DELAY, free=free)
        struck = await limit.strike(name, delay)
        assert struck.before == 0
        if free == 2:
            struck = await limit.strike(name, delay)
        with pytest.raises(TooMany, match="too many wrong tries") as refused:
            await limit.strike(name, delay)
        due.append(refused.value.retry_after)
    late = [expected - wait for wait, expected in zip(due, (20, 20, 40, 80, 100, 100), strict=True)]
    assert all(0 <= one <= PATIENCE for one in late)


@pytest.mark.row("C2")
async def test_a_try_that_was_right_was_never_one(signals: AsyncContainer) -> None:
    limit, name = await signals.get(RateLimit), uuid4().hex
    for _ in range(10):
        await limit.forgive(name, DELAY, await limit.strike(name, DELAY))
    struck = [await limit.strike(name, DELAY) for _ in range(3)]
    with pytest.raises(TooMany):
        await limit.strike(name, DELAY)
    await limit.forgive(name, DELAY, struck[-1])
    assert (await limit.strike(name, DELAY)).now.tries == 3
    await limit.forgive(name, DELAY, struck[0])
    assert (await limit.strike(name, DELAY)).now.tries == 3


@pytest.mark.row("C2")
async def test_what_is_forgotten_was_never_tried(signals: AsyncContainer) -> None:
    limit, name = await signals.get(RateLimit), uuid4().hex
    await limit.forget(name)
    for _ in range(3):
        await limit.strike(name, DELAY)
    with pytest.raises(TooMany):
        await limit.strike(name, DELAY)
    await limit.forget(name)
    assert (await limit.strike(name, DELAY)).now.tries == 1


async def test_messages_reach_who_listens_to_their_topic(signals: AsyncContainer) -> None:
    fanout, topic = await signals.get(Fanout), uuid4().hex
    await fanout.publish(topic, b"too early")
    async with fanout.subscribe(topic) as one, fanout.subscribe(topic) as two:
        await fanout.publish(topic, b"hello")
        await fanout.publish(f"{topic}-other", b"not for us")
        await fanout.publish(topic, b"again")
        assert [await one.next(within=PATIENCE) for _ in range(2)] == [b"hello", b"again"]
        assert await two.next(within=PATIENCE) == b"hello"


async def test_who_hears_nothing_for_a_while_is_told_so_and_listens_on(
    signals: AsyncContainer,
) -> None:
    fanout, topic = await signals.get(Fanout), uuid4().hex
    async with fanout.subscribe(topic) as messages:
        assert await messages.next(within=0.01) is None
        await fanout.publish(topic, b"hello")
        assert await messages.next(within=PATIENCE) == b"hello"
        waiting = asyncio.create_task(messages.next(within=PATIENCE))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await fanout.publish(topic, b"again")
        assert await messages.next(within=PATIENCE) == b"again"
