"""Redis is never needed: what it would have done is done more slowly, or here."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from dishka import AsyncContainer, make_async_container

from skillbridge.adapters import paces
from skillbridge.adapters.redis import rate_limit
from skillbridge.adapters.redis.provider import RedisProvider
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.jobs import Wake
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.sightings import Sightings
from skillbridge.domain.delay import Delay
from skillbridge.domain.errors import TooMany
from skillbridge.domain.ids import JobId

pytestmark = pytest.mark.row("L1")


@pytest.fixture
async def away() -> AsyncIterator[AsyncContainer]:
    """A port where nobody listens."""
    container = make_async_container(RedisProvider("redis://127.0.0.1:1/0"))
    yield container
    await container.close()


async def test_a_cache_that_is_away_is_empty(away: AsyncContainer) -> None:
    cache = await away.get(Cache)
    await cache.put("key", b"value", ttl=timedelta(minutes=1))
    assert await cache.get("key") is None


async def test_attempts_are_counted_here(away: AsyncContainer) -> None:
    limit = await away.get(RateLimit)
    for _ in range(3):
        await limit.spend("login:1", limit=3, per=timedelta(minutes=1))
    with pytest.raises(TooMany):
        await limit.spend("login:1", limit=3, per=timedelta(minutes=1))


@pytest.mark.row("C7")
async def test_what_must_stay_closed_has_fewer_attempts_here(away: AsyncContainer) -> None:
    limit, numbers = await away.get(RateLimit), {"limit": 10, "per": timedelta(hours=1)}
    left = [(await limit.spend("login:2", **numbers, alone=3)).remaining for _ in range(3)]
    assert left == [2, 1, 0]
    with pytest.raises(TooMany, match="try again in 1200 s"):
        await limit.spend("login:2", **numbers, alone=3)
    assert await limit.give_back("login:2", **numbers, alone=3) == (1, 1200)
    await limit.spend("login:2", **numbers, alone=3)


@pytest.mark.row("C2", "C7")
async def test_who_guesses_waits_here_after_fewer_tries(away: AsyncContainer) -> None:
    limit, hour = await away.get(RateLimit), timedelta(hours=1)
    delay = Delay.of(5, hour, hour, hour)
    first, second = [await limit.strike("login:3", delay, alone=2) for _ in range(2)]
    assert (first.now.tries, second.now.tries) == (1, 2)
    with pytest.raises(TooMany, match="try again in 3600 s"):
        await limit.strike("login:3", delay, alone=2)
    await limit.forgive("login:3", delay, second, alone=2)
    assert (await limit.strike("login:3", delay, alone=2)).now.tries == 2


@pytest.mark.row("C7")
async def test_what_was_let_in_is_counted_here(away: AsyncContainer) -> None:
    limit, minute = await away.get(RateLimit), timedelta(minutes=1)
    ahead = [await limit.count("reads:1", 60, limit=60, per=minute) for _ in range(3)]
    assert [round(one / 60_000_000) for one in ahead] == [1, 2, 2], "no more than twice the time"


async def test_an_attempt_is_given_back_here(away: AsyncContainer) -> None:
    limit = await away.get(RateLimit)
    for _ in range(3):
        await limit.spend("login:1", limit=1, per=timedelta(minutes=1))
        await limit.give_back("login:1", limit=1, per=timedelta(minutes=1))
    await limit.give_back("never taken", limit=1, per=timedelta(minutes=1))


async def test_a_redis_that_does_not_answer_is_not_waited_for_at_each_attempt(
    away: AsyncContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit, asked = await away.get(RateLimit), 0
    assert isinstance(limit, rate_limit.RedisRateLimit)

    async def unanswered(*_: object) -> None:
        nonlocal asked
        asked += 1
        raise TimeoutError

    monkeypatch.setattr(limit.redis, "ask", unanswered)
    monkeypatch.setattr(limit.breaker, "_clock", lambda: 0.0)
    for _ in range(10):
        await limit.spend("write:1", limit=10, per=timedelta(minutes=1))
    with pytest.raises(TooMany):
        await limit.spend("write:1", limit=10, per=timedelta(minutes=1))
    await limit.give_back("write:1", limit=10, per=timedelta(minutes=1))
    assert asked == 3
    monkeypatch.setattr(limit.breaker, "_clock", lambda: 1.0)
    await limit.spend("write:2", limit=10, per=timedelta(minutes=1))
    assert asked == 4, "but tried again"


async def test_a_flood_of_names_does_not_fill_the_memory(
    away: AsyncContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paces, "REMEMBERED", 3)
    limit = await away.get(RateLimit)
    assert isinstance(limit, rate_limit.RedisRateLimit)
    for number in range(10):
        await limit.spend(f"login:{number}", limit=3, per=timedelta(minutes=1))
        assert len(limit.here.due) <= 3


async def test_wake_ups_and_messages_are_lost_without_an_error(away: AsyncContainer) -> None:
    assert await (await away.get(Wake))([JobId(uuid4())]) is None
    fanout = await away.get(Fanout)
    await fanout.publish("topic", b"lost")
    async with fanout.subscribe("topic") as messages:
        await fanout.publish("topic", b"lost, too")
        assert await messages.next(within=0.2) is None


@pytest.mark.row("C6")
async def test_what_is_seen_is_counted_here(away: AsyncContainer) -> None:
    sightings, numbers = await away.get(Sightings), {"threshold": 2, "window": timedelta(hours=1)}
    found = [await sightings.sight("probing:1", **numbers, what=what) for what in "aabc"]
    assert found == [False, False, True, False]
    await sightings.forget("probing:1")
    assert not await sightings.sight("probing:1", **numbers)
