"""/v1/me/exports and /v1/me/erasure, over HTTP."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any, cast
from zipfile import ZipFile

import httpx
import pytest
from tests.http.accounts.test_accounts import arrive, bearer
from tests.support.given.world import World, memory_world
from tests.support.http.asking import open_app

from skillbridge.entrypoints.http.server.ranges import bounds

pytestmark = pytest.mark.row("C9")

EXPORT, ERASURE = "/v1/me/exports/latest", "/v1/me/erasure"


@pytest.mark.parametrize(
    ("asked", "size", "found"),
    [
        (None, 10, None),
        ("bytes=0-3", 10, (0, 4)),
        ("bytes=4-", 10, (4, 10)),
        ("bytes=4-99", 10, (4, 10)),
        ("bytes=-3", 10, (7, 10)),
        ("bytes=-30", 10, (0, 10)),
        ("bytes=10-", 10, None),
        ("bytes=5-4", 10, None),
        ("bytes=-0", 10, None),
        ("bytes=0-1,4-5", 10, None),
        ("rows=0-1", 10, None),
        ("bytes=" + "9" * 400 + "-", 10, None),
        ("bytes=0-", 0, None),
    ],
)
def test_which_part_a_range_names(
    asked: str | None, size: int, found: tuple[int, int] | None
) -> None:
    assert bounds(asked, size) == found


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with memory_world() as opened:
        yield opened


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with open_app(world) as app:
        transport = httpx.ASGITransport(cast("Any", app))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
            yield opened


async def refreshed(client: httpx.AsyncClient, tokens: dict[str, Any]) -> dict[str, str]:
    """An access token that no proof stands behind."""
    again = {"refresh_token": tokens["refresh_token"]}
    return bearer((await client.post("/v1/auth/refresh", json=again)).json())


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_a_download_that_broke_off_goes_on(world: World, client: httpx.AsyncClient) -> None:
    me = bearer(await arrive(world, client))
    assert problem(await client.get(EXPORT, headers=me)) == (404, "no-export")
    asked = await client.put(EXPORT, headers=me)
    assert (asked.status_code, asked.headers["location"]) == (202, EXPORT)
    await world.settle()
    size = (await client.get(EXPORT, headers=me)).json()["size"]
    whole = await client.get(f"{EXPORT}/archive", headers=me)
    assert (whole.status_code, len(whole.content)) == (200, size)
    assert whole.headers["content-type"] == "application/zip"
    half = {"Range": "bytes=100-", "If-Range": whole.headers["etag"]}
    rest = await client.get(f"{EXPORT}/archive", headers={**me, **half})
    assert rest.status_code == 206
    assert rest.headers["content-range"] == f"bytes 100-{size - 1}/{size}"
    assert whole.content[:100] + rest.content == whole.content
    other = {"Range": "bytes=100-", "If-Range": '"of another"'}
    assert (await client.get(f"{EXPORT}/archive", headers={**me, **other})).status_code == 200
    with ZipFile(io.BytesIO(whole.content)) as archive:
        assert json.loads(archive.read("data.json"))["version"] == "1"


async def test_what_a_thief_of_an_access_token_would_ask_for_wants_a_proof(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens = await arrive(world, client)
    await client.put(EXPORT, headers=bearer(tokens))
    await world.settle()
    stale = await refreshed(client, tokens)
    for method, path in (("PUT", EXPORT), ("GET", f"{EXPORT}/archive"), ("PUT", ERASURE)):
        answer = await client.request(method, path, headers=stale)
        assert problem(answer) == (401, "step-up-needed"), path


async def test_an_erasure_is_asked_for_shown_and_taken_back(
    world: World, client: httpx.AsyncClient
) -> None:
    me = bearer(await arrive(world, client))
    assert problem(await client.get(ERASURE, headers=me)) == (404, "no-erasure")
    asked = await client.put(ERASURE, headers=me)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert (await client.get(ERASURE, headers=me)).json() == asked.json()
    assert (await client.delete(ERASURE, headers=me)).status_code == 204
    assert problem(await client.delete(ERASURE, headers=me)) == (404, "no-erasure")


async def test_the_keys_that_verify_are_everybodys(client: httpx.AsyncClient) -> None:
    (key,) = (await client.get("/v1/privacy/keys")).json()
    assert set(key) == {"id", "point"}
