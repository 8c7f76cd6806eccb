"""What every answer tells browsers: how it may be read, shown, framed and kept, and in which charset."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.routes import HTTPRoute
from tests.support.given.world import memory_world
from tests.support.http.asking import Asking, open_asking, to_json
from tests.support.http.endpoints import Endpoints, open_endpoints
from tests.support.http.wire import operations

from skillbridge.entrypoints.http.server.admission import Admission
from skillbridge.settings.addresses import PublicUrl

pytestmark = pytest.mark.row("C5")

SITE = "https://learn.example.org"
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
OF_DOCUMENTS = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
}
WITH_CHARSET = ("text/html", "text/css", "text/plain", "text/javascript", "image/svg+xml")
"""The others are in UTF-8 by their own rules: JSON by RFC 8259, events by the HTML standard."""
KEPT = {
    "/.well-known/jwks.json": "public, max-age=3600",
    "/openapi.json": "no-cache",
    "/favicon.ico": "max-age=604800, public",
}
"""Answers that a cache may keep, for they are the same for everybody; the catalogue's stand in `CATALOGUE`."""
CATALOGUE = (
    "/v1/domains",
    "/v1/resources",
    "/v1/skills",
    "/v1/badges",
    "/problems",
    "/docs/assets/",
)
OTHERS = ("/docs/assets/swagger-ui.css", "/problems/too-many", "/nothing")
PAGES = ("/docs", "/problems/too-many", "/", "/favicon.ico", "/v1/auth/verify", "/v1/auth/reset")


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Endpoints]:
    """An API that has an address of its own for the public."""
    async with open_endpoints(tmp_path, public_url=PublicUrl(SITE)) as opened:
        yield opened


def asked(ask: Asking) -> Iterator[tuple[str, str, bytes | None]]:
    """Each operation, as its contract has it, and each address beside the contract."""
    for operation in operations(ask.app):
        body = to_json(operation.body) if operation.body is not None else None
        yield operation.method, operation.path, body
    for route in ask.app.routes:
        if isinstance(route, HTTPRoute) and "GET" in route.methods and "{" not in route.path:
            yield "GET", route.path, None
    yield from (("GET", path, None) for path in OTHERS)
    yield "TRACE", "/v1/me", None


@pytest.fixture(scope="module")
async def answers() -> list[tuple[str, httpx.Response]]:
    """Each as somebody who may do everything, as nobody, as a browser, and with what cannot be read."""
    found = []
    async with memory_world() as world, open_asking(world) as ask:
        for method, path, body in asked(ask):
            if path == "/health/ready":
                continue  # it asks after a server's parts, which a world in memory has not
            kind = {} if body is None else {"Content-Type": "application/json"}
            for headers, sent in (
                (ask.headers, body),
                ({}, body),
                ({"Accept": "text/html"}, body),
                (ask.headers, None if body is None else b"["),
            ):
                answer = await ask.client.request(
                    method, path, content=sent, headers={**kind, **headers}
                )
                found.append((f"{method} {path} {answer.status_code}", answer))
    assert len(found) > 200
    return found


@pytest.mark.asvs("3.4.4", "4.1.1", "14.3.2")
async def test_every_answer_says_what_it_is_and_who_may_keep_it(
    answers: list[tuple[str, httpx.Response]],
) -> None:
    for name, answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff", name
        kind = answer.headers.get("content-type", "")
        assert kind or not answer.content, name
        if kind.startswith(WITH_CHARSET):
            assert kind.endswith("charset=utf-8"), name
        keeping = answer.headers.get_list("cache-control")
        path = answer.request.url.path
        if answer.is_error or (path not in KEPT and not path.startswith(CATALOGUE)):
            allowed = {"no-store", "private, no-cache"}
            assert len(keeping) == 1, name
            assert keeping[0] in allowed, (name, keeping)
        elif path in KEPT:
            assert keeping == [KEPT[path]], name


@pytest.mark.asvs("3.4.5")
async def test_a_document_does_nothing_that_its_page_has_not_said(
    answers: list[tuple[str, httpx.Response]],
) -> None:
    seen = set()
    for name, answer in answers:
        kind = answer.headers.get("content-type", "").partition(";")[0]
        policy = answer.headers.get("content-security-policy")
        if kind not in {"text/html", "image/svg+xml"}:
            assert policy is None, f"{name}: bytes that nobody reads"
            continue
        seen.add(answer.request.url.path)
        assert {one: answer.headers[one] for one in OF_DOCUMENTS} == OF_DOCUMENTS, name
        said = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        assert said["default-src"] == said["base-uri"] == said["frame-ancestors"] == "'none'", name
        assert said["form-action"] in {"'none'", "'self'"}, name
        assert "unsafe-" not in policy, name
        if policy == POLICY:
            assert b"<script" not in answer.content, name
    assert seen >= set(PAGES)


@pytest.mark.asvs("3.4.1")
async def test_a_site_with_https_is_never_asked_in_the_clear_again(served: Endpoints) -> None:
    for path in ("/v1/domains", "/v1/me", "/nothing", "/docs", "/health/live"):
        answer = await served.client.get(path)
        told = answer.headers["strict-transport-security"]
        assert told == "max-age=31536000; includeSubDomains", path
    app: Any = served.client.app
    app.admission = Admission(at_once=0, wait=0)
    refused = await served.client.get("/v1/domains")
    assert refused.status_code == 503
    assert refused.headers["strict-transport-security"] == told
    assert refused.headers["x-content-type-options"] == "nosniff"


async def test_a_site_without_https_does_not_say_that_it_has_it(ask: Asking) -> None:
    answer = await ask("GET", "/v1/domains")
    assert "strict-transport-security" not in answer.headers
