"""The app over the world, without a network between."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any, cast

import httpx
import pytest
from tests.support.given.world import World
from tests.support.http.asking import open_app

from skillbridge.entrypoints.http.server.revocation import Revocations

Clients = Callable[[str], httpx.AsyncClient]
"""A client in the world's tenant, not signed in, at this address."""


@pytest.fixture
async def client_at(world: World) -> AsyncIterator[Clients]:
    """Log-outs count at once."""
    async with open_app(world) as app, AsyncExitStack() as clients:
        app.state.revocations = Revocations(app.state.revocations.ended, rest=0.0)

        def at(address: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(cast("Any", app), client=(address, 50_000))
            client = httpx.AsyncClient(transport=transport, base_url="http://test")
            clients.push_async_callback(client.aclose)
            return client

        yield at


@pytest.fixture
async def client(client_at: Clients) -> httpx.AsyncClient:
    return client_at("192.0.2.7")
