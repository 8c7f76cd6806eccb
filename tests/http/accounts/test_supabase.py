"""Tokens of Supabase over HTTP: hostile ones, and what a sign-in by one is like."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.http.endpoints import Endpoints, open_endpoints
from tests.support.identities.providers import identified
from tests.support.identities.supabase_double import SupabaseDouble

from skillbridge.application.accounts.ports.users import AccountReads

pytestmark = pytest.mark.row("C4")


@dataclass
class Town:
    project: SupabaseDouble
    endpoints: Endpoints

    async def come(self, token: object, **headers: str) -> httpx.Response:
        client: Any = self.endpoints.client
        found: httpx.Response = await client.post(
            "/v1/auth/supabase", json={"access_token": token}, headers=headers
        )
        return found

    async def ask(self, method: str, path: str, bearer: str, **more: Any) -> httpx.Response:
        client: Any = self.endpoints.client
        found: httpx.Response = await client.request(
            method, path, headers={"Authorization": f"Bearer {bearer}"}, **more
        )
        return found


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    beside = identified()
    async with open_endpoints(tmp_path, beside.provider(), default_tenant="test") as opened:
        yield Town(beside.supabase, opened)


async def test_a_token_is_given_for_a_sign_in_that_ends_as_any_other(town: Town) -> None:
    user = town.project.signs_up()
    came = await town.come(town.project.token(user))
    assert came.status_code == 200, came.text
    tokens = came.json()
    assert {"access_token", "refresh_token", "device"} <= tokens.keys()
    bearer = tokens["access_token"]
    assert (await town.ask("GET", "/v1/me", bearer)).json()["email"] == "amina@example.org"
    (session,) = (await town.ask("GET", "/v1/me/sessions", bearer)).json()["items"]
    gone = await town.ask("DELETE", f"/v1/me/sessions/{session['id']}", bearer)
    assert gone.status_code == 204, gone.text
    assert (await town.ask("GET", "/v1/me", bearer)).status_code == 401


async def test_it_opens_nothing_that_wants_a_fresh_proof(town: Town) -> None:
    user = town.project.signs_up()
    bearer = (await town.come(town.project.token(user, aal="aal2"))).json()["access_token"]
    said = {"access_token": town.project.token(user)}
    refused = await town.ask("PUT", "/v1/me/identities/supabase", bearer, json=said)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (
        401,
        "step-up-needed",
    )


async def test_a_token_of_supabase_is_no_bearer_here(town: Town) -> None:
    """Else whoever is disabled here, or has logged out, would still be let in for its life."""
    token = town.project.token(town.project.signs_up())
    assert (await town.ask("GET", "/v1/me", token)).status_code == 401


@pytest.mark.parametrize(
    ("claims", "status", "kind"),
    [
        ({"role": "service_role"}, 403, "not-a-person"),
        ({"role": "anon"}, 403, "not-a-person"),
        ({"is_anonymous": True}, 403, "not-a-person"),
        ({"iss": "https://evil.test/auth/v1"}, 401, "bad-supabase-token"),
        ({"exp": 1}, 401, "bad-supabase-token"),
        ({"sub": ""}, 401, "bad-supabase-token"),
        ({"sub": None}, 401, "bad-supabase-token"),
        ({"aud": {}}, 401, "bad-supabase-token"),
    ],
)
async def test_what_stands_for_nobody_is_told_apart(
    town: Town, claims: dict[str, Any], status: int, kind: str
) -> None:
    refused = await town.come(town.project.token(town.project.signs_up(), **claims))
    assert refused.status_code == status, refused.text
    assert refused.json()["type"].endswith(kind)


@pytest.mark.parametrize("token", ["", "x" * 100_000, None, 7, [], {}, "\x00", "a.b.c", "é.é.é"])
async def test_what_is_no_token_is_the_clients_fault(town: Town, token: object) -> None:
    assert (await town.come(token)).status_code in {400, 401, 413, 422}
    assert not town.project.asked


async def test_another_tenant_has_no_project(town: Town) -> None:
    refused = await town.come(town.project.token(town.project.signs_up()), **{"X-Tenant": "other"})
    assert refused.status_code == 404


async def test_a_local_installation_has_no_project(tmp_path: Path) -> None:
    async with open_endpoints(tmp_path, default_tenant="test") as opened:
        refused = await opened.client.post("/v1/auth/supabase", json={"access_token": "x"})
    assert refused.status_code == 404
    assert refused.json()["type"].endswith("no-supabase-project")


async def test_a_project_that_is_away_is_told(town: Town) -> None:
    token = town.project.token(town.project.signs_up())
    town.project.away = True
    refused = await town.come(token)
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0


async def tell(town: Town, body: bytes, headers: dict[str, str]) -> httpx.Response:
    client: Any = town.endpoints.client
    found: httpx.Response = await client.post(
        "/v1/webhooks/supabase", content=body, headers=headers
    )
    return found


async def test_its_webhook_makes_accounts_and_signs_people_out(town: Town) -> None:
    user = town.project.signs_up()
    made = town.project.message("INSERT", user)
    assert (await tell(town, made, town.project.headers(made, "1"))).status_code == 204
    bearer = (await town.come(town.project.token(user))).json()["access_token"]
    ban = town.project.message("UPDATE", user, banned_until="2126-01-02T03:04:05.123456+00:00")
    assert (await tell(town, ban, town.project.headers(ban, "2"))).status_code == 204
    assert (await town.ask("GET", "/v1/me", bearer)).status_code == 401
    for_good = town.project.message("UPDATE", user, banned_until="infinity")
    bearer = (await town.come(town.project.token(user))).json()["access_token"]
    assert (await tell(town, for_good, town.project.headers(for_good, "2b"))).status_code == 204
    assert (await town.ask("GET", "/v1/me", bearer)).status_code == 401
    over = town.project.message("UPDATE", user, banned_until="2020-01-02T03:04:05")
    bearer = (await town.come(town.project.token(user))).json()["access_token"]
    assert (await tell(town, over, town.project.headers(over, "3"))).status_code == 204
    assert (await town.ask("GET", "/v1/me", bearer)).status_code == 200
    for gone in (
        town.project.message("UPDATE", user, deleted_at="2026-01-02T03:04:05Z"),
        town.project.message("DELETE", user),
    ):
        told = await tell(town, gone, town.project.headers(gone, str(len(gone))))
        assert told.status_code == 204, told.text
        assert (await town.ask("GET", "/v1/me", bearer)).status_code == 401


@pytest.mark.parametrize(
    "more", [{"is_anonymous": True}, {"email_confirmed_at": None}, {"email": None}]
)
async def test_its_webhook_makes_no_account_of_an_address_that_is_not_verified(
    town: Town, more: dict[str, Any]
) -> None:
    body = town.project.message("INSERT", town.project.signs_up(), **more)
    assert (await tell(town, body, town.project.headers(body))).status_code == 204
    assert not await town.endpoints.world.ask(
        AccountReads, "newest", town.endpoints.world.system(), limit=9
    )


async def test_its_webhook_wants_a_signature(town: Town) -> None:
    body = town.project.message("INSERT", town.project.signs_up())
    signed = town.project.headers(body)
    for headers in (
        {**signed, "webhook-signature": "v1,AAAA"},
        {**signed, "webhook-id": "another"},
        town.project.headers(body, at=1),
        town.project.headers(b"{}"),
    ):
        refused = await tell(town, body, headers)
        assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (
            401,
            "bad-webhook",
        )
    for left_out in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        headers = {name: value for name, value in signed.items() if name != left_out}
        assert (await tell(town, body, headers)).status_code in {400, 401, 422}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"type": "INSERT", "table": "messages", "schema": "public", "record": {}}',
        b'{"type": "INSERT", "table": "users", "schema": "auth", "record": {"id": 7}}',
        b'{"type": "TRUNCATE", "table": "users", "schema": "auth"}',
    ],
)
async def test_its_webhook_refuses_what_it_cannot_mean(town: Town, body: bytes) -> None:
    assert (await tell(town, body, town.project.headers(body))).status_code in {400, 422}


async def test_a_message_without_a_row_says_nothing(town: Town) -> None:
    body = b'{"type": "DELETE", "table": "users", "schema": "auth"}'
    assert (await tell(town, body, town.project.headers(b""))).status_code == 401
    assert (await tell(town, body, town.project.headers(body))).status_code == 204
