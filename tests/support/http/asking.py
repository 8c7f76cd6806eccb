"""Requests as nobody should send them, and what every refusal looks like."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import httpx
from litestar import Litestar
from tests.support.given.world import World
from tests.support.timing.patience import PATIENCE

from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.ids import SessionId, UserId
from skillbridge.domain.pace import Left
from skillbridge.entrypoints.http.app import connect, create_app
from skillbridge.entrypoints.http.server.admission import Admission
from skillbridge.entrypoints.http.server.api import Api
from skillbridge.settings import Settings
from skillbridge.settings.addresses import Origin

MEMBERS = {"errors", "match_id", "scope_needed", "scopes_held"}
PROBLEM = {"type", "title", "status", "detail", "instance", "request_id"}


@dataclass
class Asking:
    """A client with the access token of someone who may do everything."""

    world: World
    app: Litestar
    client: httpx.AsyncClient
    actor: Actor
    headers: dict[str, str]

    async def signed_in(self) -> "Asking":
        """With a token that lives longer than any test: one of a file's first test may not."""
        self.headers = await bearer(self.world, self.actor.roles, self.actor.user_id)
        return self

    async def __call__(
        self, method: str, path: str, content: bytes | None = None, **headers: str
    ) -> httpx.Response:
        """`content` goes as it is, said to be JSON; a name of a header has `_` for `-`."""
        kind = {} if content is None else {"Content-Type": "application/json"}
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(
            method, path, content=content, headers={**self.headers, **kind, **extra}
        )


class Unlimited:
    """Lets tests ask more than people do."""

    async def spend(
        self, name: str, *, limit: int, per: timedelta, alone: int | None = None
    ) -> Left:
        """Nothing is counted."""
        del name, per, alone
        return Left(limit, 0)

    async def give_back(
        self, name: str, *, limit: int, per: timedelta, alone: int | None = None
    ) -> Left:
        """Nothing was."""
        return await self.spend(name, limit=limit, per=per, alone=alone)

    async def count(self, name: str, times: int, *, limit: int, per: timedelta) -> int:
        """Nor is this."""
        del name, times, limit, per
        return 0


_FREE: dict[tuple[str, ...], list[Litestar]] = {}
"""Applications by the origins they let in: making one takes longer than most tests do."""


@asynccontextmanager
async def open_app(world: World, cors: Sequence[str] = ()) -> AsyncIterator[Litestar]:
    """The application over the world: nobody else has it meanwhile, somebody else had it before.

    Its lifespan does not run: that may not end in another task, as fixtures do.
    """
    settings = Settings(
        env="test",
        default_tenant=world.slug,
        cors_origins=tuple(map(Origin, cors)),
    )
    free = _FREE.setdefault(tuple(cors), [])
    app = free.pop() if free else create_app(world.api, settings)
    cast("Api", app).admission = Admission(wait=PATIENCE)  # nobody else's, and for slow machines
    await connect(app, world.api, settings)
    yield app
    free.append(app)  # one of a test that failed is not used again


@asynccontextmanager
async def open_asking(
    world: World, *, counted: bool = False, cors: Sequence[str] = ()
) -> AsyncIterator[Asking]:
    """`counted`: with the quotas of writes."""
    async with open_app(world, cors) as app:
        if not counted:
            app.state.rate_limit = Unlimited()
        actor = await world.person(*Role)
        transport: Any = httpx.ASGITransport(cast("Any", app), raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            headers = await bearer(world, actor.roles, actor.user_id)
            yield Asking(world, app, client, actor, headers)


async def bearer(
    world: World, roles: frozenset[Role], user_id: UserId | None = None
) -> dict[str, str]:
    """The headers of a person with these roles and no others."""
    user = User(user_id or UserId(uuid4()), world.tenant_id, "x@example.org", "x", roles)
    tokens = await world.api.get(Tokens)
    return {
        "Authorization": f"Bearer {tokens.issue(user.id, user.tenant_id, SessionId(uuid4()), user.roles)}"
    }


def to_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def refused(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    """A problem as RFC 9457 has it, by which one can find the request in the log."""
    assert 400 <= answer.status_code < 500, answer.text
    assert not statuses or answer.status_code in statuses, answer.text
    return problem(answer)


def problem(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    told: dict[str, Any] = answer.json()
    assert told.keys() - MEMBERS == PROBLEM
    assert told["status"] == answer.status_code
    assert told["type"].startswith("/problems/")
    assert told["instance"] == answer.request.url.path
    assert told["request_id"] == answer.headers["x-request-id"]
    return told
