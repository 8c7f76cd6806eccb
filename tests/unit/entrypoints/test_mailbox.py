"""The mails of everybody are a page on one's own machine, and no page of a server."""

import httpx
import pytest
from tests.support.given.world import memory_world
from tests.support.http.asking import open_app

from skillbridge.entrypoints.http.app import create_app
from skillbridge.entrypoints.wiring import stack
from skillbridge.settings import Settings


async def asked_for(path: str, env: str) -> httpx.Response:
    settings = Settings(env=env)  # type: ignore[arg-type]  # one of the four, from a list
    app = create_app(stack.api(settings), settings)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # two words for one protocol
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path)


@pytest.mark.asvs("13.4.2")
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


async def by(host: str) -> httpx.Response:
    async with memory_world() as world, open_app(world) as app:
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # two words for one protocol
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get("/mailbox", headers={"Host": host})


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LocalHost:8000", "127.0.0.1", "127.0.0.1:8000", "127.1.2.3:80", "[::1]",
        "[::1]:8000", "skillbridge.localhost:8000",
    ],
)  # fmt: skip
async def test_mails_are_shown_by_the_names_of_this_machine(host: str) -> None:
    assert (await by(host)).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "", "evil.example", "evil.example:8000", "localhost.evil.example", "notlocalhost",
        "127.0.0.1.evil.example", "127.0.0.1:8000.evil.example", "evil.example#localhost",
        "192.168.1.7:8000", "[::2]", "/run", "localhost:",
    ],
)  # fmt: skip
async def test_no_page_reads_mails_by_a_name_of_its_own(host: str) -> None:
    answer = await by(host)
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/asked-by-another-name"
    assert "127.0.0.1" in answer.json()["detail"]
