"""Limits over two real servers, and with a Redis that is emptied, away, slow or full."""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.application.accounts.people import Visitor
from tests.conftest import Urls
from tests.support.given.world import World, postgres_world
from tests.support.http.asking import problem
from tests.support.programs.scene import Scene
from tests.support.servers.valkey_process import ValkeyProcess
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.redis.provider import RedisProvider
from skillbridge.entrypoints.http.app import create_app
from skillbridge.settings import Settings

pytestmark = pytest.mark.row("C7", "L1")

MOVES_WORK, AT_ONCE, ALONE = 30, 300, 2


async def test_of_three_hundred_at_once_over_two_servers_as_many_as_the_quota_are_let_in(
    scene: Scene,
) -> None:
    """And one more for each ten seconds that they took."""
    waits = {"SKILLBRIDGE_REQUEST_WAIT_SECONDS": "60"}
    servers = [await scene.stage.serve(**waits) for _ in range(2)]
    token, began = await scene.token(await scene.world.person()), time.monotonic()
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(a_client(one.url, token)) for one in servers]
        for client in clients:  # whose server has its connection to Redis from then on
            assert (await client.put("/v1/notices/read")).status_code == 204
        wishes = [
            clients[number % 2].patch("/v1/me", json={"name": f"Amina {number}"})
            for number in range(AT_ONCE)
        ]
        answers = await asyncio.gather(*wishes)
    took = time.monotonic() - began
    for one in servers:
        await one.program.kill()
    statuses = Counter(answer.status_code for answer in answers)
    print(f"\n300 at once over 2 servers in {took:.1f} s: {dict(statuses)}")  # noqa: T201  a figure of the measurement
    assert statuses.keys() == {200, 429}, {a.text for a in answers if a.status_code > 499}
    assert MOVES_WORK <= statuses[200] <= MOVES_WORK + took // 10 + 1
    assert all("ratelimit" in answer.headers for answer in answers)
    assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 429)


SPENDS = """
import asyncio, sys
from datetime import timedelta
from skillbridge.adapters.redis import shared
from skillbridge.adapters.redis.rate_limit import RedisRateLimit
shared.PATIENCE = 60.0
async def main():
    limit = RedisRateLimit(shared.SharedConnection(sys.argv[1]))
    tries = [limit.spend("together", limit=20, per=timedelta(hours=1)) for _ in range(150)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    print(sum(not isinstance(one, Exception) for one in done), len(done))
asyncio.run(main())
"""


async def test_of_three_hundred_at_once_over_two_processes_exactly_twenty_are_let_in(
    valkey: ValkeyProcess,
) -> None:
    command = (sys.executable, "-c", SPENDS, valkey.url)
    processes = [await asyncio.create_subprocess_exec(*command, stdout=PIPE) for _ in range(2)]
    said = [(await one.communicate())[0].split() for one in processes]
    let_in = [int(words[0]) for words in said]
    print(f"\n300 at once over 2 processes, a quota of 20: {let_in} let in")  # noqa: T201  a figure of the measurement
    assert (sum(let_in), sum(int(words[1]) for words in said)) == (20, AT_ONCE)


def a_client(url: str, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE,
        limits=httpx.Limits(max_connections=AT_ONCE),
        trust_env=False,
    )


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[ValkeyProcess]:
    server = ValkeyProcess(tmp_path)
    await server.start()
    yield server
    if server.child is not None:
        server.thaw()
    await server.kill()


@pytest.fixture
async def world(valkey: ValkeyProcess, urls: Urls) -> AsyncIterator[World]:
    signals = RedisProvider(valkey.url)
    async with postgres_world(urls, signals=signals) as made:
        yield made


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    app: Any = create_app(world.api, Settings(env="test", default_tenant=world.slug))
    for start in app.on_startup:
        await start(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def away(valkey: ValkeyProcess) -> None:
    await valkey.kill()


async def slow(valkey: ValkeyProcess) -> None:
    valkey.freeze()


async def full(valkey: ValkeyProcess) -> None:
    await valkey.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
    await valkey.ask("CONFIG", "SET", "maxmemory", "1")


async def emptied(valkey: ValkeyProcess) -> None:
    await valkey.ask("FLUSHALL")


@pytest.mark.asvs("16.5.2", "16.5.3")
@pytest.mark.parametrize("trouble", [away, slow, full])
async def test_without_redis_reads_and_writes_go_on_and_log_in_is_narrow(
    valkey: ValkeyProcess, world: World, client: httpx.AsyncClient, trouble: Any
) -> None:
    amina = Visitor(world)
    signed_in = await amina.arrive()
    bearer = {"Authorization": f"Bearer {signed_in.access_token}"}
    await trouble(valkey)
    for _ in range(60):
        answer = await client.get("/v1/badges", headers=bearer)
        assert (answer.status_code, answer.headers["ratelimit"][:9]) == (200, '"reads";r')
    write = await client.put("/v1/notices/read", headers=bearer)
    assert (write.status_code, write.headers["ratelimit"][:11]) == (204, '"writes";r=')
    answers = await asyncio.gather(*(guess(client, amina) for _ in range(ALONE + 3)))
    answers.sort(key=lambda one: one.status_code)
    assert [one.status_code for one in answers] == [401] * ALONE + [429] * 3
    last = answers[-1]
    problem(last)
    assert f'"attempts";r=0;t={last.headers["retry-after"]}' in last.headers["ratelimit"]
    right = {"email": amina.email, "password": amina.password, "device": signed_in.device}
    assert (await client.post("/v1/auth/login", json=right)).status_code == 200, "as a known device"


async def test_an_emptied_redis_counts_anew_and_nobody_is_shut_out(
    valkey: ValkeyProcess, world: World, client: httpx.AsyncClient
) -> None:
    amina = Visitor(world)
    signed_in = await amina.arrive()
    bearer = {"Authorization": f"Bearer {signed_in.access_token}"}
    used = [(await client.put("/v1/notices/read", headers=bearer)).status_code for _ in range(121)]
    assert (used[:120], {*used[120:]} <= {204, 429}) == ([204] * 120, True)
    await emptied(valkey)
    again = await client.put("/v1/notices/read", headers=bearer)
    assert (again.status_code, again.headers["ratelimit"]) == (204, '"writes";r=119;t=1')
    assert (await client.get("/v1/badges", headers=bearer)).status_code == 200


async def guess(client: httpx.AsyncClient, who: Visitor) -> httpx.Response:
    wrong = {"email": who.email, "password": "a wrong one of some length"}
    return await client.post("/v1/auth/login", json=wrong)
