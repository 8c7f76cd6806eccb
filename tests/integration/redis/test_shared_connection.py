"""The one connection on which a process asks Redis: whose answer is whose, and what breaks it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from redis.exceptions import InvalidResponse, RedisError, ResponseError
from tests.support.servers.valkey_process import ValkeyProcess
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.redis.shared import SharedConnection
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("L1")


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[ValkeyProcess]:
    server = await ValkeyProcess(tmp_path).start()
    yield server
    await server.kill()


@pytest.fixture
async def redis(valkey: ValkeyProcess) -> AsyncIterator[SharedConnection]:
    made = SharedConnection(valkey.url, patience=PATIENCE)
    yield made
    made.close()


async def test_each_gets_its_own_answer_over_one_connection(
    valkey: ValkeyProcess, redis: SharedConnection
) -> None:
    before = int((await valkey.ask("INFO", "stats"))["total_connections_received"])
    answers = await asyncio.gather(*(redis.ask("ECHO", f"{number}") for number in range(500)))
    assert answers == [f"{number}".encode() for number in range(500)]
    after = int((await valkey.ask("INFO", "stats"))["total_connections_received"])
    assert after - before == 2, "and the one that counts them"


async def test_an_answer_of_many_packets_is_one(redis: SharedConnection) -> None:
    long = b"x" * 3_000_000
    answers = await asyncio.gather(*(redis.ask("ECHO", word) for word in (long, b"short")))
    assert answers == [long, b"short"]


async def test_who_leaves_takes_nobodys_answer(redis: SharedConnection) -> None:
    await redis.ask("PING")
    asked = [asyncio.create_task(redis.ask("ECHO", word)) for word in ("a", "b", "c")]
    await asyncio.sleep(0)
    asked[0].cancel()
    assert [await one for one in asked[1:]] == [b"b", b"c"]


async def test_an_error_is_for_who_asked(redis: SharedConnection) -> None:
    asked = (redis.ask("ECHO", "good"), redis.ask("GET"), redis.ask("PING"))
    answers: list[object] = await asyncio.gather(*asked, return_exceptions=True)
    assert (answers[0], answers[2]) == (b"good", b"PONG")
    assert isinstance(answers[1], ResponseError)


async def test_it_speaks_in_the_database_of_its_address(valkey: ValkeyProcess) -> None:
    elsewhere = SharedConnection(valkey.url.removesuffix("0") + "3")
    await elsewhere.ask("SET", "key", "there")
    elsewhere.close()
    assert await valkey.ask("EXISTS", "key") == 0


async def test_one_that_broke_is_opened_again(
    valkey: ValkeyProcess, redis: SharedConnection
) -> None:
    await redis.ask("PING")
    await valkey.kill()
    with pytest.raises((RedisError, OSError)):
        await redis.ask("PING")
    await valkey.start()
    assert await redis.ask("PING") == b"PONG"


async def test_who_waits_when_it_breaks_is_told(
    valkey: ValkeyProcess, redis: SharedConnection
) -> None:
    await redis.ask("PING")
    valkey.freeze()
    waiting = [asyncio.create_task(redis.ask("PING")) for _ in range(3)]
    await asyncio.sleep(0)
    await valkey.kill()
    async with asyncio.timeout(PATIENCE / 2):
        found = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(one, RedisError) for one in found)


async def test_a_server_that_does_not_answer_is_waited_for_once(
    valkey: ValkeyProcess,
) -> None:
    """All who ask meanwhile are late at once; what comes later finds a new connection."""
    redis = SharedConnection(valkey.url)

    async def answers() -> bool:
        with suppress(RedisError, OSError):
            return bool(await redis.ask("PING") == b"PONG")
        return False

    async with asyncio.timeout(PATIENCE):
        await until(answers, every=0.01)
    valkey.freeze()
    async with asyncio.timeout(PATIENCE):
        asked = (redis.ask("PING") for _ in range(5))
        found = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(one) for one in found} == {TimeoutError}
    with pytest.raises((RedisError, OSError)):
        await redis.ask("PING")
    valkey.thaw()
    async with asyncio.timeout(PATIENCE):
        await until(answers, every=0.01)
    redis.close()


async def test_what_is_no_answer_ends_it() -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(1000):
            writer.write(b"HTTP/1.1 400\r\n" if b"PING" in said else b"+OK\r\n" * said.count(b"*"))
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    redis = SharedConnection(f"redis://127.0.0.1:{port}", patience=PATIENCE)
    with pytest.raises(InvalidResponse):
        await redis.ask("PING")
    redis.close()
    server.close()
    with suppress(TimeoutError):
        await asyncio.wait_for(server.wait_closed(), PATIENCE)
