"""Accounts through the REST API."""

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.support.given.world import World

from skillbridge.adapters import paces
from skillbridge.adapters.crypto.passwords import Argon2Hasher
from skillbridge.application.accounts.ports.passwords import PasswordHasher
from skillbridge.application.ports.tenants import Tenants
from skillbridge.entrypoints.http.server.revocation import Revocations

pytestmark = pytest.mark.row("C1")

EMAIL = "amina@example.org"
PASSWORD = "violet tractor hums at dawn"
CREDENTIALS = {"email": EMAIL, "password": PASSWORD}
REGISTRATION = {**CREDENTIALS, "name": "Amina"}


async def links(world: World) -> list[str]:
    await world.settle()
    found = [re.search(r"token=(\S+)", mail.text) for mail in await world.mails()]
    return [match[1] for match in found if match]


async def arrive(world: World, client: httpx.AsyncClient) -> dict[str, Any]:
    """Registered, confirmed and signed in: the tokens."""
    assert (await client.post("/v1/auth/register", json=REGISTRATION)).status_code == 202
    (token,) = await links(world)
    verified = await client.post("/v1/auth/verify", json={"token": token, "password": PASSWORD})
    assert verified.status_code == 204
    answer = await client.post("/v1/auth/login", json=CREDENTIALS)
    assert answer.status_code == 200
    tokens: dict[str, Any] = answer.json()
    return tokens


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def test_who_finds_no_place_for_the_proof_of_a_password_is_told_to_come_back(
    world: World, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = await world.api.get(PasswordHasher)
    assert isinstance(hasher, Argon2Hasher)
    monkeypatch.setattr(hasher.log_ins, "most", 0)
    answer = await client.post("/v1/auth/login", json=CREDENTIALS)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/too-busy")
    assert int(answer.headers["retry-after"]) >= 1


async def test_from_registration_to_oneself(world: World, client: httpx.AsyncClient) -> None:
    tokens = await arrive(world, client)
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 600
    answer = await client.get("/v1/me", headers=bearer(tokens))
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["cache-control"] == "no-store"
    me = answer.json()
    assert (me["email"], me["name"], me["roles"]) == (EMAIL, "Amina", ["learner"])
    assert "password_hash" not in me


@pytest.mark.asvs("6.3.8")
async def test_the_answer_never_tells_who_has_an_account(
    world: World, client: httpx.AsyncClient
) -> None:
    await arrive(world, client)
    for path, body in (("register", REGISTRATION), ("verification", {"email": EMAIL})):
        known = await client.post(f"/v1/auth/{path}", json=body)
        unknown = await client.post(f"/v1/auth/{path}", json={**body, "email": "no@example.org"})
        assert known.status_code == unknown.status_code == 202
        assert known.content == unknown.content
    wrong = {"email": EMAIL, "password": "wrong"}
    known = await client.post("/v1/auth/login", json=wrong)
    unknown = await client.post("/v1/auth/login", json={**wrong, "email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 401
    same = [{**answer.json(), "request_id": ""} for answer in (known, unknown)]
    assert same[0] == same[1]


async def test_an_unproved_address_is_told_the_way_out(
    world: World, client: httpx.AsyncClient
) -> None:
    await client.post("/v1/auth/register", json=REGISTRATION)
    answer = await client.post("/v1/auth/login", json=CREDENTIALS)
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/wrong-credentials"
    assert "/v1/auth/verification" in answer.json()["detail"]


async def test_a_client_confirms_with_the_password_that_was_chosen(
    world: World, client: httpx.AsyncClient
) -> None:
    await client.post("/v1/auth/register", json=REGISTRATION)
    (token,) = await links(world)
    for password, status in ((None, 400), ("a wrong password", 401), (PASSWORD, 204)):
        body = {"token": token} | ({"password": password} if password else {})
        answer = await client.post("/v1/auth/verify", json=body)
        assert answer.status_code == status, answer.text
    nonsense = {"token": "nonsense", "password": PASSWORD}
    answer = await client.post("/v1/auth/verify", json=nonsense)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/broken-link"


async def test_a_sign_in_of_another_tenant_is_refreshed_and_ended_without_naming_it(
    world: World, client: httpx.AsyncClient
) -> None:
    """The token names it: 204 is only said of what has ended."""
    tokens = await arrive(world, client)
    elsewhere = await another_tenant(world)
    answer = await client.post(
        "/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}, headers=elsewhere
    )
    assert answer.status_code == 200
    newer = answer.json()
    presented = {"refresh_token": newer["refresh_token"]}
    ended = await client.post("/v1/auth/logout", json=presented, headers=elsewhere)
    assert ended.status_code == 204
    assert (await client.get("/v1/me", headers=bearer(newer))).status_code == 401


async def another_tenant(world: World) -> dict[str, str]:
    """The header that names it."""
    slug = f"t-{uuid4().hex}"
    system = await world.worker.get(Tenants)
    await system.found(slug, "Elsewhere")
    return {"X-Tenant": slug}


async def test_a_log_in_answers_with_what_its_device_shows_the_next_time(
    world: World, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paces, "microseconds", lambda: 1)
    device = (await arrive(world, client))["device"]
    for _ in range(5):
        wrong = {**CREDENTIALS, "password": "wrong"}
        assert (await client.post("/v1/auth/login", json=wrong)).status_code == 401
    assert (await client.post("/v1/auth/login", json=CREDENTIALS)).status_code == 429
    answer = await client.post("/v1/auth/login", json={**CREDENTIALS, "device": device})
    assert answer.json()["device"] == device


async def test_refreshing_and_logging_out(world: World, client: httpx.AsyncClient) -> None:
    tokens = await arrive(world, client)
    answer = await client.post("/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert answer.status_code == 200
    newer = answer.json()
    assert newer["refresh_token"] != tokens["refresh_token"]
    assert (await client.get("/v1/me", headers=bearer(newer))).status_code == 200
    presented = {"refresh_token": newer["refresh_token"]}
    for _ in range(2):
        assert (await client.post("/v1/auth/logout", json=presented)).status_code == 204
    assert (await client.post("/v1/auth/refresh", json=presented)).status_code == 401
    ended = await client.get("/v1/me", headers=bearer(newer))
    assert ended.status_code == 401
    assert "has ended" in ended.json()["detail"]
    assert ended.headers["www-authenticate"] == "Bearer"


@pytest.mark.asvs("9.2.2")
async def test_a_refresh_token_is_no_access_token_nor_the_other_way(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens = await arrive(world, client)
    swapped = {"Authorization": f"Bearer {tokens['refresh_token']}"}
    assert (await client.get("/v1/me", headers=swapped)).status_code == 401
    cut = {"refresh_token": tokens["access_token"][:200]}
    assert (await client.post("/v1/auth/refresh", json=cut)).status_code == 401


@pytest.mark.row("C2")
async def test_too_many_attempts_are_told_when_to_come_back(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paces, "microseconds", lambda: 1)
    statuses = [
        (await client.post("/v1/auth/login", json=CREDENTIALS)).status_code for _ in range(5)
    ]
    assert statuses == [401] * 5
    answer = await client.post("/v1/auth/login", json=CREDENTIALS)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 2
    assert answer.json()["type"].endswith("/too-many")


@pytest.mark.row("B11")
async def test_each_tenant_has_its_own_accounts(world: World, client: httpx.AsyncClient) -> None:
    await arrive(world, client)
    elsewhere = await another_tenant(world)
    answer = await client.post("/v1/auth/login", json=CREDENTIALS, headers=elsewhere)
    assert answer.status_code == 401


@pytest.mark.row("D1", "B9")
async def test_a_profile_is_changed_by_those_who_have_seen_it(
    world: World, client: httpx.AsyncClient
) -> None:
    headers = bearer(await arrive(world, client))
    profile = {
        "name": "Amina Bello",
        "bio": "Learns at night.",
        "country": "NG",
        "time_zone": "Africa/Lagos",
        "languages": ["en", "yo"],
        "skills": {"python": 3},
        "availability": [{"weekday": 0, "start": 1200, "end": 1320}],
    }
    seen = (await client.get("/v1/me", headers=headers)).headers["etag"]
    changed = await client.put("/v1/me", json=profile, headers={**headers, "If-Match": seen})
    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    assert profile.items() <= changed.json().items()
    stale = await client.put("/v1/me", json=profile, headers={**headers, "If-Match": seen})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed-since-seen")
    for any_version in ({}, {"If-Match": "*"}):
        again = await client.put("/v1/me", json=profile, headers={**headers, **any_version})
        assert again.headers["etag"] == '"2"'


@pytest.mark.row("D1")
@pytest.mark.parametrize(
    ("change", "headers"),
    [
        ({"name": ""}, {}),
        ({"name": "A", "roles": ["admin"]}, {}),
        ({"name": "A", "country": "Nigeria"}, {}),
        ({"name": "A", "time_zone": "Mars/Base"}, {}),
        ({"name": "A", "skills": {"python": 9}}, {}),
        ({"name": "A", "availability": [{"weekday": 0, "start": 60, "end": 30}]}, {}),
        ({"name": "A"}, {"If-Match": "W/3"}),
    ],
)
async def test_a_wrong_profile_is_refused_and_nothing_changes(
    world: World, client: httpx.AsyncClient, change: dict[str, Any], headers: dict[str, str]
) -> None:
    signed_in = bearer(await arrive(world, client))
    answer = await client.patch("/v1/me", json=change, headers={**signed_in, **headers})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await client.get("/v1/me", headers=signed_in)).json()["version"] == 1


@pytest.mark.asvs("7.4.1")
@pytest.mark.parametrize("by", ["log-out", "theft"])
async def test_an_access_token_in_use_ends_with_its_sign_in(
    world: World, client: httpx.AsyncClient, by: str
) -> None:
    """At once where it was ended; with the usual rest between two looks at the database."""
    tokens = await arrive(world, client)
    state = client._transport.app.state  # type: ignore[attr-defined]  # httpx has no other way
    state.revocations = Revocations(state.revocations.ended)
    assert (await client.get("/v1/me", headers=bearer(tokens))).status_code == 200
    presented = {"refresh_token": tokens["refresh_token"]}
    if by == "log-out":
        assert (await client.post("/v1/auth/logout", json=presented)).status_code == 204
    else:
        newer = (await client.post("/v1/auth/refresh", json=presented)).json()
        taken = {"refresh_token": newer["refresh_token"]}
        assert (await client.post("/v1/auth/refresh", json=taken)).status_code == 200
        stolen = await client.post("/v1/auth/refresh", json=presented)
        assert (stolen.status_code, stolen.json()["type"]) == (401, "/problems/token-stolen")
    assert (await client.get("/v1/me", headers=bearer(tokens))).status_code == 401


async def test_nobody_reads_or_writes_without_a_token(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/me")).status_code == 401
    assert (await client.patch("/v1/me", json={"name": "A"})).status_code == 401


async def test_the_local_mailbox_is_a_page_with_links(
    world: World, client: httpx.AsyncClient
) -> None:
    assert "No mail yet" in (await client.get("/mailbox", headers={"Host": "localhost"})).text
    await client.post("/v1/auth/register", json=REGISTRATION)
    (token,) = await links(world)
    page = await client.get("/mailbox", headers={"Host": "localhost"})
    assert page.headers["content-type"].startswith("text/html")
    assert "<h2>Confirm your e-mail address</h2>" in page.text
    assert re.search(rf'<a href="http[^"]+token={token}">', page.text)
