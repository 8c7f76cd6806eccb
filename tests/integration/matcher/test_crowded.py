"""The matcher beside more idle connections than it has places for, and bodies it will never read."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from tests.support.given.mentors import TENANT, ListedPool, a_mentor, a_need
from tests.support.matcher.matcher_process import MatcherProcess, built
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.matcher.client import MatcherClient
from skillbridge.adapters.matcher.sync import MatcherFeed

pytestmark = pytest.mark.row("G1")

IDLE = 1_200
"""More than the 1,024 connections that have a place."""


@pytest.fixture
async def process() -> AsyncIterator[MatcherProcess]:
    made = await MatcherProcess(await built()).start()
    yield made
    await made.kill()


@pytest.fixture
def many_files() -> None:
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, min(most, 2 * IDLE)), most))


@pytest.mark.usefixtures("many_files")
async def test_idle_connections_keep_neither_health_nor_learners_waiting(
    process: MatcherProcess,
) -> None:
    """They are closed, longest idle first, as far as others need their places."""
    async with AsyncExitStack() as crowd, httpx.AsyncClient(timeout=PATIENCE) as http:
        for _ in range(IDLE):
            _, writer = await asyncio.open_connection("127.0.0.1", process.port)
            crowd.callback(writer.close)
        for path in ("live", "ready"):
            assert (await http.get(f"{process.url}/health/{path}")).status_code == httpx.codes.OK
        client = MatcherClient(lambda: process.url, timeout=PATIENCE)
        await MatcherFeed(client, ListedPool.of(a_mentor(10))).push(TENANT)
        answer = await client.rank(TENANT, a_need(), 5)
        assert [found.id.int for found in answer.suggestions] == [10]
        page = (await http.get(f"{process.url}/metrics")).text
        await client.aclose()
    told = dict(line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    assert int(told["matcher_connections"]) <= 1_024
    assert int(told["matcher_connections_idle_closed_total"]) >= IDLE - 1_024
    assert told["matcher_connections_refused_total"] == "0"


@pytest.mark.parametrize("path", ["pool", "rank", "assign"])
async def test_a_body_announced_too_large_is_refused_without_a_byte_of_it(
    process: MatcherProcess, path: str
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", process.port)
    method = "PUT" if path == "pool" else "POST"
    writer.write(
        f"{method} /v1/tenants/{TENANT}/{path} HTTP/1.1\r\nhost: matcher\r\n"
        f"content-type: application/json\r\ncontent-length: {600 << 20}\r\n\r\n".encode()
    )
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
    assert answer.startswith(b"HTTP/1.1 413 ")
    writer.close()
