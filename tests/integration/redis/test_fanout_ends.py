"""What listens in the background ends when it is told to, however far it has come."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from tests.support.servers.valkey_process import ValkeyProcess
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.redis.fanout import RedisFanout
from skillbridge.adapters.redis.shared import SharedConnection

pytestmark = pytest.mark.row("L1")

TURNS = 60
"""Of the event loop, in which a subscription has begun."""


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[ValkeyProcess]:
    server = await ValkeyProcess(tmp_path).start()
    yield server
    await server.kill()


async def test_it_ends_at_any_moment_of_its_beginning(valkey: ValkeyProcess) -> None:
    shared = SharedConnection(valkey.url)
    for turns in range(TURNS):
        async with Redis.from_url(
            valkey.url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ) as ear:
            fanout = RedisFanout(shared, ear)
            listening = asyncio.create_task(_listen(fanout))
            for _ in range(turns):
                await asyncio.sleep(0)
            listening.cancel()
            async with asyncio.timeout(PATIENCE):
                await fanout.close()
            await asyncio.wait({listening})
            assert listening.cancelled()
    shared.close()


async def _listen(fanout: RedisFanout) -> None:
    async with fanout.subscribe("anything") as messages:
        await messages.next(within=60)
