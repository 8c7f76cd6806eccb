"""Every error of every route: what browsers are told does not depend on what went wrong."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar.exceptions import HTTPException
from litestar.routes import HTTPRoute
from tests.support.http.endpoints import Endpoints, open_endpoints

from skillbridge.domain.errors import Unavailable
from skillbridge.entrypoints.http.server import middleware
from skillbridge.entrypoints.http.server.browsers import of_document
from skillbridge.settings.addresses import PublicUrl

pytestmark = pytest.mark.row("C5")

SITE = "https://learn.example.org"
OF_DOCUMENTS = {name.decode() for name, _ in of_document([(b"content-type", b"text/html")])}


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Endpoints]:
    async with open_endpoints(tmp_path, public_url=PublicUrl(SITE)) as opened:
        yield opened


@pytest.mark.asvs("3.4.1", "3.4.4", "3.4.5")
@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 503]
)
async def test_no_error_of_any_route_is_told_without_the_headers(
    served: Endpoints, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """Each route is made to fail so before it does anything, for a program and for a browser."""

    def fail(*_: object) -> None:
        known = {500: RuntimeError(), 503: Unavailable("not now", retry_after=1)}
        raise known.get(status) or HTTPException(status_code=status)

    monkeypatch.setattr(middleware, "_refuse", fail)
    app: Any = served.client.app
    tried = 0
    for route in (one for one in app.routes if isinstance(one, HTTPRoute)):
        path = re.sub(r"\{[^}]*\}", "x", route.path)
        for method in sorted(route.methods - {"OPTIONS"}):
            answer = await served.client.request(method, path, headers={"Accept": "text/html"})
            assert answer.status_code == status, (method, path)
            assert answer.headers["x-content-type-options"] == "nosniff", (method, path)
            assert answer.headers["strict-transport-security"], (method, path)
            assert answer.headers["cache-control"] == "no-store", (method, path)
            if answer.headers["content-type"].startswith("text/html"):
                assert answer.headers.keys() >= OF_DOCUMENTS, (method, path)
                assert "default-src 'none'" in answer.headers["content-security-policy"]
            else:
                assert answer.headers["content-type"] == "application/problem+json", (method, path)
            tried += 1
    assert tried > 100
