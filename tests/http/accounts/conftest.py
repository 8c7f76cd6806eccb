"""The app over the world, without a network between."""

from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from tests.given import World
from tests.http.asking import open_app

from skillbridge.entrypoints.http.server.revocation import Revocations


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client in the world's tenant, not signed in; log-outs count at once."""
    async with open_app(world) as app:
        app.state.revocations = Revocations(app.state.revocations.ended, rest=0.0)
        transport = httpx.ASGITransport(cast("Any", app), client=("192.0.2.7", 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client
