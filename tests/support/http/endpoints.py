"""The API over the world in memory, for whoever asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from dishka import Provider
from litestar import Litestar
from litestar.testing import AsyncTestClient
from tests.support.given.world import World

from skillbridge.adapters.memory.store import Store
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SessionId, TenantId
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.app import create_app
from skillbridge.entrypoints.http.server.inject import HttpProvider
from skillbridge.entrypoints.wiring import memory
from skillbridge.settings import Settings


@dataclass
class Endpoints:
    """`await endpoints(actor, "GET", "/v1/…")`: a request with the actor's own access token."""

    world: World
    client: AsyncTestClient[Litestar]

    async def __call__(
        self, actor: Actor, method: str, path: str, **request: Any
    ) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {await self._token(actor)}"}
        headers = {**bearer, **request.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **request)

    async def _token(self, actor: Actor) -> str:
        """As the next log-in would give it."""
        async with self.world.scope(actor) as scope:
            users, transaction = await scope.get(Users), await scope.get(Transaction)
            tokens: Tokens = await scope.get(Tokens)
            async with transaction(actor, read_only=True):
                user = await users.get(actor.user_id)
        return tokens.issue(user.id, user.tenant_id, SessionId(uuid4()), user.roles)


@asynccontextmanager
async def open_endpoints(home: Path, *instead: Provider, **said: Any) -> AsyncIterator[Endpoints]:
    """`said` are settings; what `instead` provides takes the place of ours."""
    store, tenant_id = Store(), TenantId(uuid4())
    store.tenants["test"] = tenant_id
    settings = Settings(**{"env": "test", "home": home, **said})
    container = wiring.make_container(
        *memory.providers(store), *wiring.outside(settings), HttpProvider(), *instead
    )
    async with AsyncTestClient(create_app(container, settings)) as client:
        yield Endpoints(World("memory", tenant_id, container, container), client)
