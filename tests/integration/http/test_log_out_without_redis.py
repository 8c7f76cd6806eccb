"""A log-out is written to PostgreSQL and read from there: Redis, in whatever state, cannot undo it."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.application.accounts.people import Visitor
from tests.conftest import Urls
from tests.support.given.world import World, postgres_world
from tests.support.servers.valkey_process import ValkeyProcess

from skillbridge.adapters.redis.provider import RedisProvider
from skillbridge.application.accounts.administration import RevokeSessions
from skillbridge.entrypoints.http.app import create_app
from skillbridge.entrypoints.http.server.revocation import Revocations
from skillbridge.settings import Settings

pytestmark = pytest.mark.row("C1", "L1")


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[ValkeyProcess]:
    server = ValkeyProcess(tmp_path)
    await server.start()
    yield server
    await server.kill()


@pytest.fixture
async def world(valkey: ValkeyProcess, urls: Urls) -> AsyncIterator[World]:
    signals = RedisProvider(valkey.url)
    async with postgres_world(urls, signals=signals) as made:
        yield made


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """The API, whose clock of revocations a test moves by hand."""
    app: Any = create_app(world.api, Settings(env="test", default_tenant=world.slug))
    for start in app.on_startup:
        await start(app)
    app.state.revocations = Revocations(app.state.revocations.ended, rest=0.0)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def away(valkey: ValkeyProcess) -> None:
    await valkey.kill()


async def frozen(valkey: ValkeyProcess) -> None:
    valkey.freeze()


async def full(valkey: ValkeyProcess) -> None:
    await valkey.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
    await valkey.ask("CONFIG", "SET", "maxmemory", "1")


async def back_and_empty(valkey: ValkeyProcess) -> None:
    if valkey.child is not None:
        valkey.child.send_signal(signal.SIGCONT)
    await valkey.kill()
    await valkey.start()


@pytest.mark.asvs("7.4.1", "16.5.3")
@pytest.mark.parametrize("trouble", [away, frozen, full])
@pytest.mark.parametrize("by", ["its owner", "an operator"])
async def test_an_ended_sign_in_stays_ended(
    valkey: ValkeyProcess, world: World, client: httpx.AsyncClient, trouble: Any, by: str
) -> None:
    amina = Visitor(world)
    signed_in = await amina.arrive()
    bearer = {"Authorization": f"Bearer {signed_in.access_token}"}
    assert (await client.get("/v1/me", headers=bearer)).status_code == 200
    await trouble(valkey)
    if by == "its owner":
        told = {"refresh_token": signed_in.refresh_token}
        assert (await client.post("/v1/auth/logout", json=told)).status_code == 204
    else:
        assert await world.do(RevokeSessions, world.system(), amina.email, reason="A test") == 1
    for again in (False, True):
        if again:
            await back_and_empty(valkey)
        answer = await client.get("/v1/me", headers=bearer)
        assert answer.status_code == 401
        assert "this sign-in has ended" in answer.json()["detail"]
