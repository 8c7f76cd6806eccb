"""The mails of everybody are a page on one's own machine, and no page of a server."""

import httpx
import pytest

from skillbridge.entrypoints.http.app import create_app
from skillbridge.entrypoints.wiring import stack
from skillbridge.settings import Settings


async def asked_for(path: str, env: str) -> httpx.Response:
    settings = Settings(env=env)  # type: ignore[arg-type]  # one of the four, from a list
    app = create_app(stack.api(settings), settings)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # two words for one protocol
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path)


@pytest.mark.parametrize("env", ["staging", "production"])
@pytest.mark.parametrize("path", ["/mailbox", "/mailbox/"])
async def test_a_server_has_no_mailbox(env: str, path: str) -> None:
    answer = await asked_for(path, env)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-path")


@pytest.mark.parametrize("env", ["local", "test"])
def test_one_s_own_machine_has_one(env: str) -> None:
    settings = Settings(env=env)  # type: ignore[arg-type]  # one of the four, from a list
    paths = [route.path for route in create_app(stack.api(settings), settings).routes]
    assert "/mailbox" in paths
