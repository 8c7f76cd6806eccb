"""The app over the world, without a network between."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.given import World

from skillbridge.entrypoints.http.app import create_app
from skillbridge.entrypoints.http.revocation import Revocations
from skillbridge.entrypoints.settings import Settings


@pytest.fixture
async def door(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client in the world's tenant, not signed in; log-outs count at once."""
    app: Any = create_app(world.api, Settings(env="test", default_tenant=world.slug))
    for start in app.on_startup:  # a lifespan may not end in another task, as fixtures do
        await start(app)
    app.state.revocations = Revocations(app.state.revocations.ended, rest=0.0)
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
