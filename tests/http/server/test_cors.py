"""Which pages of other origins may call the API from a browser, and which may read nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.support.http.endpoints import Endpoints, open_endpoints

from skillbridge.settings.addresses import Origin

pytestmark = pytest.mark.row("A3", "C5")

OURS = "https://app.example.org"
FOREIGN = [
    "https://evil.example",
    "http://app.example.org",
    "https://app.example.org:8443",
    "https://app.example.org.evil.example",
    "https://evil-app.example.org",
    "https://APP.example.org.",
    "null",
    "*",
]


@pytest.fixture
async def lent(tmp_path: Path) -> AsyncIterator[Endpoints]:
    """An API that one other origin may call."""
    async with open_endpoints(tmp_path, cors_origins=(Origin(OURS),)) as opened:
        yield opened


async def preflight(
    endpoints: Endpoints, origin: str, method: str, *headers: str
) -> httpx.Response:
    return await endpoints.client.options(
        "/v1/me",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": ", ".join(headers),
        },
    )


def told(answer: httpx.Response) -> dict[str, str]:
    return {
        name.removeprefix("access-control-"): value
        for name, value in answer.headers.items()
        if name.startswith("access-control-")
    }


async def test_the_origin_that_was_named_may_ask_and_read(lent: Endpoints) -> None:
    asked = await preflight(lent, OURS, "PUT", "authorization", "content-type", "if-match")
    assert asked.status_code < 300
    assert told(asked)["allow-origin"] == OURS
    assert {"authorization", "content-type", "if-match", "x-tenant"} <= {
        name.strip().lower() for name in told(asked)["allow-headers"].split(",")
    }
    answer = await lent.client.get("/v1/domains", headers={"Origin": OURS})
    assert (answer.status_code, told(answer)["allow-origin"]) == (200, OURS)
    assert "etag" in told(answer)["expose-headers"].lower()
    assert "origin" in answer.headers["vary"].lower(), "a cache must not lend it to another"
    assert "allow-credentials" not in told(answer), "tokens, not cookies"


@pytest.mark.asvs("3.4.2")
@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_foreign_origin_may_neither_ask_nor_read(lent: Endpoints, origin: str) -> None:
    asked = await preflight(lent, origin, "PUT", "authorization")
    assert asked.status_code == 400
    assert "allow-origin" not in told(asked)
    answer = await lent.client.get("/v1/domains", headers={"Origin": origin})
    assert "allow-origin" not in told(answer)
    missing = await lent.client.get("/v1/me", headers={"Origin": origin})
    assert "allow-origin" not in told(missing), "nor what was refused"


@pytest.mark.asvs("3.4.2")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_no_answer_is_lent_to_another_origin(lent: Endpoints, method: str) -> None:
    """Whoever asked, a cache keeps the answers for two origins, and of two kinds, apart."""
    for path in ("/v1/domains", "/v1/me", "/nothing", "/problems", "/docs", "/health/live"):
        for origin in ({}, {"Origin": OURS}, *({"Origin": one} for one in FOREIGN)):
            answer = await lent.client.request(method, path, headers=origin)
            varies = {part.strip() for part in answer.headers["vary"].split(",")}
            assert {"Origin", "Accept"} <= varies, (path, origin)
            assert told(answer).get("allow-origin") in {None, origin.get("Origin")}, "an echo"
            assert (told(answer).get("allow-origin") is not None) <= (origin.get("Origin") == OURS)
            assert "allow-credentials" not in told(answer)


async def test_a_header_that_is_not_ours_is_not_asked_for(lent: Endpoints) -> None:
    asked = await preflight(lent, OURS, "PUT", "x-forwarded-for")
    assert asked.status_code == 400


@pytest.mark.asvs("3.4.2")
@pytest.mark.parametrize("origin", [OURS, *FOREIGN])
async def test_where_no_origin_was_named_none_may_read(endpoints: Endpoints, origin: str) -> None:
    for answer in (
        await preflight(endpoints, origin, "PUT", "authorization"),
        await endpoints.client.get("/v1/domains", headers={"Origin": origin}),
    ):
        assert told(answer) == {}
