"""Signing in by a provider, as a browser, an app and a page of another site do it."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from http.cookiejar import Cookie, DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from tests.support.http.endpoints import Endpoints, open_endpoints
from tests.support.identities.providers import PUBLIC, Identified, identified

from skillbridge.settings import Settings
from skillbridge.settings.addresses import Origin

pytestmark = pytest.mark.row("C4")
APP = "https://app.example.org"
BEGIN = "/v1/auth/providers/github"
SECRET = "a page of another origin keeps this"
BOUND = urlsafe_b64encode(sha256(SECRET.encode()).digest()).rstrip(b"=").decode()
COOKIE = "__Host-skillbridge-authorization"


@dataclass
class Town:
    beside: Identified
    endpoints: Endpoints

    @property
    def client(self) -> Any:
        return self.endpoints.client

    async def begin(self, path: str = "github", **said: str) -> httpx.Response:
        return await self.client.post(f"/v1/auth/providers/{path}", json=said)  # type: ignore[no-any-return]  # `client` is untyped above

    async def finish(
        self, brought: dict[str, str], path: str = "github", *, cookie: str = "", **said: str
    ) -> httpx.Response:
        headers = {"cookie": f"{COOKIE}={cookie}"} if cookie else {}
        return await self.client.post(  # type: ignore[no-any-return]  # as above
            f"/v1/auth/providers/{path}/finish", json={**brought, **said}, headers=headers
        )

    def visit(self, begun: httpx.Response, provider: str = "github") -> dict[str, str]:
        double: Any = getattr(self.beside, provider)
        brought: dict[str, str] = double.visit(begun.json()["authorization_url"])
        return {"state": brought["state"], "code": brought["code"]}

    async def signed_in(self) -> dict[str, str]:
        """The header of somebody who came by GitHub."""
        begun = await self.begin()
        found = await self.finish(self.visit(begun), cookie=cookie_of(begun))
        return {"Authorization": f"Bearer {found.json()['access_token']}"}


def cookie_of(begun: httpx.Response) -> str:
    return begun.headers["set-cookie"].partition("=")[2].partition(";")[0]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    beside = identified()
    async with open_endpoints(
        tmp_path, beside.provider(), cors_origins=(Origin(APP),), default_tenant="test"
    ) as opened:
        opened.client.cookies.jar.set_policy(_None())
        yield Town(beside, opened)


class _None(DefaultCookiePolicy):
    """The tests send cookies themselves."""

    def set_ok(self, cookie: Cookie, request: object) -> bool:
        return False


@pytest.mark.asvs("3.3.1", "3.3.2", "3.3.3", "3.3.4")
@pytest.mark.parametrize("path", ["github", "campus"])
async def test_a_browser_is_bound_by_a_cookie_that_no_script_reads(town: Town, path: str) -> None:
    begun = await town.begin(path)
    assert begun.status_code == 200
    assert begun.json()["expires_in"] == 600
    set_cookie = begun.headers["set-cookie"].lower()
    assert set_cookie.startswith(COOKIE.lower())
    for part in ("httponly", "secure", "samesite=lax", "path=/", "max-age=600"):
        assert part in set_cookie
    assert "domain" not in set_cookie
    brought = town.visit(begun, path)
    for wrong in ("", "x" * 43):
        refused = await town.finish(brought, path, cookie=wrong)
        assert refused.status_code == 401, refused.text
        assert refused.json()["type"].endswith("authorization-over")
    found = await town.finish(brought, path, cookie=cookie_of(begun))
    assert found.status_code == 200, found.text
    assert {"access_token", "refresh_token", "device"} <= found.json().keys()
    again = await town.finish(brought, path, cookie=cookie_of(begun))
    assert again.status_code == 401


async def test_what_is_begun_in_two_tabs_is_finished_in_both(town: Town) -> None:
    first = await town.begin()
    cookie = cookie_of(first)
    second = await town.client.post(
        "/v1/auth/providers/github", json={}, headers={"cookie": f"{COOKIE}={cookie}"}
    )
    assert cookie_of(second) == cookie
    for begun in (second, first):
        assert (await town.finish(town.visit(begun), cookie=cookie)).status_code == 200


@pytest.mark.parametrize("cookie", ["%E2%82%AC" * 43, "%0d%0a" * 21 + "a", "x" * 42 + "%3b"])
async def test_a_cookie_that_is_none_of_ours_is_not_kept(town: Town, cookie: str) -> None:
    begun = await town.client.post(
        "/v1/auth/providers/github", json={}, headers={"cookie": f"{COOKIE}={cookie}"}
    )
    assert begun.status_code == 200
    assert len(cookie_of(begun)) == 43
    assert (await town.finish(town.visit(begun), cookie=cookie_of(begun))).status_code == 200


async def test_an_app_is_bound_by_a_secret_of_its_own(town: Town) -> None:
    secret = "an app keeps this"
    bound = urlsafe_b64encode(sha256(secret.encode()).digest()).rstrip(b"=").decode()
    begun = await town.begin(binding=bound)
    assert "set-cookie" not in begun.headers
    brought = town.visit(begun)
    for wrong in ("", bound, "another"):
        assert (await town.finish(brought, secret=wrong)).status_code == 401
    assert (await town.finish(brought, secret=secret)).status_code == 200


async def test_no_secret_is_none(town: Town) -> None:
    """Else a stranger begins with the digest of nothing, and whoever opens what came back is signed in as them."""
    bound = urlsafe_b64encode(sha256(b"").digest()).rstrip(b"=").decode()
    brought = town.visit(await town.begin(binding=bound, return_to=f"{APP}/signed-in"))
    for said in ({}, {"secret": ""}):
        refused = await town.finish(brought, **said)
        assert refused.status_code == 401, refused.text
        assert refused.json()["type"].endswith("authorization-over")


@pytest.mark.parametrize("origin", [APP, "null", "http://localhost:8000", "https://evil.test"])
async def test_another_origin_must_bind_what_it_begins(town: Town, origin: str) -> None:
    """Its page would find at the end only that no browser sent it a cookie."""
    pages = [{}, {"return_to": f"{APP}/signed-in"}] if origin == APP else [{}]
    tries = [({"origin": origin}, page) for page in pages]
    for headers, page in [*tries, ({}, {"return_to": f"{APP}/signed-in"})]:
        begun = await town.client.post(BEGIN, json=page, headers=headers)
        assert begun.status_code == 422
        assert begun.json()["type"].endswith("unbound-return")
        assert begun.json()["errors"][0]["pointer"] == "#/binding"
        bound = await town.client.post(BEGIN, json={**page, "binding": BOUND}, headers=headers)
        assert bound.status_code == 200, bound.text
    for headers in ({}, {"origin": PUBLIC}):
        for page in ({}, {"return_to": f"{PUBLIC}/signed-in"}):
            begun = await town.client.post(BEGIN, json=page, headers=headers)
            assert begun.status_code == 200, begun.text


async def test_what_comes_back_goes_on_to_the_page_that_began(town: Town) -> None:
    begun = await town.begin(return_to=f"{APP}/signed-in", binding=BOUND)
    brought = town.visit(begun)
    back = await town.client.get(
        "/v1/auth/providers/github/callback",
        params={**brought, "evil": "1"},
        follow_redirects=False,
    )
    assert back.status_code == 303
    there = urlsplit(back.headers["location"])
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{APP}/signed-in"
    assert dict(parse_qsl(there.query)) == brought
    assert back.headers["referrer-policy"] == "no-referrer"
    assert back.headers["cache-control"] == "no-store"
    said_no = await town.client.get(
        "/v1/auth/providers/github/callback",
        params={"state": brought["state"], "error": "access_denied&x"},
        follow_redirects=False,
    )
    query = dict(parse_qsl(urlsplit(said_no.headers["location"]).query))
    assert query == {"state": brought["state"], "error": "access_denied&x"}
    assert (await town.finish(brought, secret=SECRET)).status_code == 200


async def test_a_browser_that_nobody_sent_is_sent_nowhere(town: Town) -> None:
    brought = town.visit(await town.begin())
    page = await town.client.get(
        "/v1/auth/providers/github/callback", params=brought, follow_redirects=False
    )
    assert page.status_code == 200
    assert "location" not in page.headers
    for path, params in (
        ("github", {}),
        ("github", {"state": "x", "code": "y"}),
        ("campus", brought),
        ("nobody", brought),
    ):
        page = await town.client.get(
            f"/v1/auth/providers/{path}/callback", params=params, follow_redirects=False
        )
        assert page.status_code == 422
        assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.test/",
        "https://app.example.org.evil.test/",
        "https://app.example.org@evil.test/",
        "//app.example.org/",
        "/signed-in",
        "http://app.example.org/",
        "javascript:alert(1)",
        "https://app.example.org/?next=1",
        "https://app.example.org/#here",
        "https://app.example.org/\\evil",
        "https://app.example.org/\r\nX: y",
        "https://[app.example.org/",
        "https://app.example.org:444/",
    ],
)
async def test_nobody_is_sent_to_a_page_of_elsewhere(town: Town, page: str) -> None:
    refused = await town.begin(return_to=page)
    assert refused.status_code == 422, page
    assert refused.json()["errors"][0]["pointer"] == "#/return_to"


async def test_an_unknown_provider_is_not_there(town: Town) -> None:
    assert (await town.begin("gitlab")).status_code == 404
    listed = (await town.client.get("/v1/auth/providers")).json()["items"]
    assert [(one["name"], one["title"]) for one in listed] == [
        ("github", "GitHub"),
        ("campus", "Campus"),
        ("rival", "Rival"),
    ]


async def test_a_provider_that_is_down_is_told_with_a_time_to_come_back(town: Town) -> None:
    town.beside.campus.answers = lambda _: httpx.Response(503)
    refused = await town.begin("campus")
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert "set-cookie" not in refused.headers


async def test_identities_are_listed_linked_and_unlinked(town: Town) -> None:
    me = await town.signed_in()
    (first,) = (await town.client.get("/v1/me/identities", headers=me)).json()["items"]
    assert (first["issuer"], first["provider"]) == (town.beside.github.url, "github")
    gone = await town.client.delete(f"/v1/me/identities/{first['id']}", headers=me)
    assert gone.status_code == 409
    assert gone.json()["type"].endswith("last-way-in")
    said = {"provider": "campus", "return_to": f"{APP}/identities"}
    begun = await town.client.put("/v1/me/identities/authorization", json=said, headers=me)
    assert begun.status_code == 200, begun.text
    brought = town.visit(begun, "campus")
    linked = await town.client.put(
        "/v1/me/identities", json={"provider": "campus", **brought}, headers=me
    )
    assert linked.status_code == 204, linked.text
    assert (
        await town.client.delete(f"/v1/me/identities/{first['id']}", headers=me)
    ).status_code == 204
    listed = (await town.client.get("/v1/me/identities", headers=me)).json()["items"]
    assert [one["issuer"] for one in listed] == [town.beside.campus.issuer]
    assert [one["provider"] for one in listed] == ["campus"]


async def test_a_local_installation_signs_nobody_in_by_others(tmp_path: Path) -> None:
    async with open_endpoints(tmp_path) as opened:
        assert (await opened.client.get("/v1/auth/providers")).json() == {"items": []}
        refused = await opened.client.post(
            "/v1/auth/providers/github", json={}, headers={"X-Tenant": "test"}
        )
        assert refused.status_code == 404
    assert Settings(env="test").oidc_providers == ()


async def test_what_the_settings_name_is_listed(tmp_path: Path) -> None:
    """By the settings themselves, whose values are no plain texts."""
    told = {"github_client_id": "our-client", "github_client_secret": "of-ours"}
    async with open_endpoints(tmp_path, **told, default_tenant="test") as opened:
        answer = await opened.client.get("/v1/auth/providers")
    assert answer.status_code == 200, answer.text
    assert [one["name"] for one in answer.json()["items"]] == ["github"]
    assert answer.json()["items"][0]["issuer"] == "https://github.com"
