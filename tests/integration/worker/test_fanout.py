"""Live messages over a real Valkey: one subscription a process, whatever happens to the server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from dishka import AsyncContainer, make_async_container
from tests.support.servers.valkey_process import ValkeyProcess
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters import listeners
from skillbridge.adapters.redis import fanout as fanouts
from skillbridge.adapters.redis.fanout import RedisFanout
from skillbridge.adapters.redis.provider import RedisProvider
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.fanout import Fanout, Subscription
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("L1")

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[ValkeyProcess]:
    server = ValkeyProcess(tmp_path)
    await server.start()
    yield server
    await server.kill()


@pytest.fixture
async def process(valkey: ValkeyProcess) -> AsyncIterator[AsyncContainer]:
    """What one process of the API holds of Redis."""
    container = make_async_container(RedisProvider(valkey.url))
    yield container
    await container.close()


@pytest.fixture
async def fanout(process: AsyncContainer) -> RedisFanout:
    made = await process.get(Fanout)
    assert isinstance(made, RedisFanout)
    return made


async def told_until_heard(fanout: RedisFanout, messages: Subscription) -> None:
    """Passes once a message gets through, one being sent every 0.1 s."""
    heard = asyncio.ensure_future(messages.next(within=PATIENCE))
    async with asyncio.timeout(PATIENCE):
        while not heard.done():
            await fanout.publish("topic", b"again")
            await asyncio.wait({heard}, timeout=0.1)
    assert heard.result() == b"again"


async def noticed(fanout: RedisFanout) -> None:
    """Passes once the process knows by itself that it hears nothing any more."""
    async with asyncio.timeout(PATIENCE):
        await until(lambda: not fanout._hears.is_set(), every=0.02)


async def test_a_thousand_listeners_are_one_connection(
    valkey: ValkeyProcess, process: AsyncContainer, fanout: RedisFanout
) -> None:
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(fanout.subscribe("topic"))
        before = (await valkey.ask("INFO", "clients"))["connected_clients"]
        others = [
            await stack.enter_async_context(fanout.subscribe(f"topic-{number % 500}"))
            for number in range(1000)
        ]
        assert (await valkey.ask("INFO", "clients"))["connected_clients"] == before
        assert await valkey.ask("PUBSUB", "NUMPAT") == 1
        await fanout.publish("topic-7", b"hello")
        heard = [await others[number].next(within=PATIENCE) for number in (7, 507)]
        assert heard == [b"hello", b"hello"]
        await told_until_heard(fanout, one)
        await (await process.get(Cache)).put("key", b"value", ttl=MINUTE)
        assert await (await process.get(Cache)).get("key") == b"value"
    assert fanout.listeners.by_topic == {}


async def test_short_questions_take_one_connection_however_many_they_are(
    valkey: ValkeyProcess, process: AsyncContainer, fanout: RedisFanout
) -> None:
    cache, limit = await process.get(Cache), await process.get(RateLimit)
    asked = [cache.get(f"key-{number}") for number in range(300)]
    spent = [limit.spend(f"n-{number}", limit=1, per=MINUTE) for number in range(300)]
    told = [fanout.publish(f"topic-{number}", b"hello") for number in range(300)]
    await asyncio.gather(*asked, *spent, *told)
    clients = (await valkey.ask("INFO", "clients"))["connected_clients"]
    assert clients == 2, "and the one that counts them"


@pytest.mark.parametrize("trouble", ["killed", "cut off", "frozen"])
async def test_it_is_heard_again_after_the_server_was(
    valkey: ValkeyProcess,
    fanout: RedisFanout,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
) -> None:
    monkeypatch.setattr(fanouts, "QUIET", 0.05)
    async with fanout.subscribe("topic") as messages:
        await told_until_heard(fanout, messages)
        if trouble == "cut off":
            await valkey.ask("CLIENT", "KILL", "TYPE", "pubsub")
        elif trouble == "frozen":
            valkey.freeze()
            await noticed(fanout)
            valkey.thaw()
        else:
            await valkey.kill()
            await noticed(fanout)
            await valkey.start()
        await told_until_heard(fanout, messages)


async def test_it_is_heard_though_the_server_came_later(tmp_path: Path) -> None:
    valkey = ValkeyProcess(tmp_path)
    container = make_async_container(RedisProvider(valkey.url))
    fanout = await container.get(Fanout)
    assert isinstance(fanout, RedisFanout)
    async with fanout.subscribe("topic") as messages:
        await valkey.start()
        await told_until_heard(fanout, messages)
    await container.close()
    await valkey.kill()


async def test_nonsense_on_the_wire_ends_nothing(fanout: RedisFanout) -> None:
    async with fanout.subscribe("topic") as messages:
        await fanout.redis.ask("PUBLISH", b"fanout:\xff", b"no text")
        await told_until_heard(fanout, messages)


async def test_who_does_not_keep_up_loses_the_oldest(
    fanout: RedisFanout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "HELD", 2)
    async with fanout.subscribe("slow") as slow, fanout.subscribe("topic") as messages:
        for number in range(5):
            await fanout.publish("slow", f"{number}".encode())
        await told_until_heard(fanout, messages)
        assert [await slow.next(within=PATIENCE) for _ in range(2)] == [b"3", b"4"]


async def test_closing_ends_the_subscription(valkey: ValkeyProcess) -> None:
    container = make_async_container(RedisProvider(valkey.url))
    async with (await container.get(Fanout)).subscribe("topic"):
        assert await valkey.ask("PUBSUB", "NUMPAT") == 1
    await container.close()

    async def over() -> bool:
        return not await valkey.ask("PUBSUB", "NUMPAT")

    async with asyncio.timeout(PATIENCE):
        await until(over, every=0.02)
