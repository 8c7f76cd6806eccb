"""/v1/me/sessions, and proofs of a device's key, over HTTP."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.http.accounts.conftest import Clients
from tests.http.accounts.test_accounts import CREDENTIALS, arrive, bearer
from tests.support.given.device import Device
from tests.support.given.world import World
from tests.support.http.walking import walked
from tests.support.timing.patience import PATIENCE

from skillbridge.application.accounts.administration import RevokeSessions
from skillbridge.application.ports.fanout import Fanout
from skillbridge.entrypoints.http.server.revocation import Revocations, hearing_of_ends
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("C2")

LOG_IN, REFRESH, SESSIONS = "/v1/auth/login", "/v1/auth/refresh", "/v1/me/sessions"


async def log_in(client: httpx.AsyncClient, **headers: str) -> dict[str, Any]:
    answer = await client.post(LOG_IN, json=CREDENTIALS, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def listed(client: httpx.AsyncClient, tokens: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.get(SESSIONS, headers=bearer(tokens))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_sign_ins_are_listed_and_the_one_that_asks_is_marked(
    world: World, client: httpx.AsyncClient, client_at: Clients
) -> None:
    await arrive(world, client)
    elsewhere = client_at("198.51.100.4")
    there = await log_in(elsewhere, **{"User-Agent": "Mozilla/5.0 (iPhone)"})
    here, before = await listed(elsewhere, there)
    assert (here["current"], here["place"], here["kind"]) == (True, "here", "phone")
    assert (before["current"], before["place"], before["bound"]) == (False, "elsewhere", False)
    assert "198.51" not in str(here)
    assert "192.0.2" not in str(before)


async def test_the_list_is_walked_page_by_page(world: World, client: httpx.AsyncClient) -> None:
    tokens = await arrive(world, client)
    for _ in range(2):
        await log_in(client)
    next_ = list[str | None]([None])

    async def page(after: str | None) -> list[Any]:
        if after is not None and next_[-1] is None:
            return []
        query = {"limit": "1", **({"after": str(next_[-1])} if after else {})}
        answer = await client.get(SESSIONS, params=query, headers=bearer(tokens))
        next_.append(answer.json().get("next"))
        items: list[Any] = answer.json()["items"]
        return items

    assert [len(some) for some in await walked(page, lambda one: one["id"])] == [1, 1, 1]


async def test_one_is_ended_and_then_the_others(world: World, client: httpx.AsyncClient) -> None:
    first = await arrive(world, client)
    second, third, here = [await log_in(client) for _ in range(3)]
    (gone,) = [one["id"] for one in await listed(client, second) if one["current"]]
    path = f"{SESSIONS}/{gone}"
    assert (await client.delete(path, headers=bearer(here))).status_code == 204
    again = await client.delete(path, headers=bearer(here))
    assert (again.status_code, again.json()["type"]) == (404, "/problems/unknown-sign-in")
    assert (await client.get("/v1/me", headers=bearer(second))).status_code == 401
    assert (await client.get("/v1/me", headers=bearer(third))).status_code == 200
    for _ in range(2):
        assert (await client.delete(SESSIONS, headers=bearer(here))).status_code == 204
    for ended in (first, third):
        assert (await client.get("/v1/me", headers=bearer(ended))).status_code == 401
        presented = {"refresh_token": ended["refresh_token"]}
        assert (await client.post(REFRESH, json=presented)).status_code == 401
    (only,) = await listed(client, here)
    mine = f"{SESSIONS}/{only['id']}"
    assert (await client.delete(mine, headers=bearer(here))).status_code == 204
    assert (await client.get("/v1/me", headers=bearer(here))).status_code == 401


async def test_nobody_sees_or_ends_anything_without_a_token(client: httpx.AsyncClient) -> None:
    for answer in (
        await client.get(SESSIONS),
        await client.delete(SESSIONS),
        await client.delete(f"{SESSIONS}/{uuid4()}"),
    ):
        assert answer.status_code == 401


@pytest.mark.row("Z10")
async def test_a_proof_binds_the_sign_in_and_each_refresh_brings_one(
    world: World, client: httpx.AsyncClient
) -> None:
    await arrive(world, client)
    phone = Device()
    tokens = await log_in(client, DPoP=phone.proof())
    assert [one["bound"] for one in await listed(client, tokens)] == [True, False]
    token = tokens["refresh_token"]
    presented = {"refresh_token": token}
    bare = await client.post(REFRESH, json=presented)
    assert (bare.status_code, bare.json()["type"]) == (401, "/problems/key-missing")
    assert bare.headers["www-authenticate"] == "Bearer"
    for _ in range(2):
        headers = {"DPoP": phone.proof(REFRESH, token)}
        newer = await client.post(REFRESH, json=presented, headers=headers)
        assert newer.status_code == 200
    assert (await client.get("/v1/me", headers=bearer(newer.json()))).status_code == 200


@pytest.mark.row("Z10")
@pytest.mark.parametrize(
    "said", [{"htm": "GET"}, {"htu": "http://test/v1/auth/login"}, {"iat": 0}, {"jti": None}]
)
async def test_a_proof_that_does_not_hold_is_a_problem_with_the_way_out(
    client: httpx.AsyncClient, said: dict[str, Any]
) -> None:
    headers = {"DPoP": Device().proof(**said)}
    answer = await client.post(LOG_IN, json=CREDENTIALS, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/bad-proof")


@pytest.mark.row("Z10")
@pytest.mark.parametrize("more", [[b"x"], [b"", b""], ["é".encode()]])
async def test_two_proofs_are_none_and_neither_is_nonsense(
    client: httpx.AsyncClient, more: list[bytes]
) -> None:
    good = Device().proof()
    headers = [(b"DPoP", one) for one in (good.encode(), *more)]
    answer = await client.post(LOG_IN, json=CREDENTIALS, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/bad-proof")


@pytest.mark.row("Z10")
async def test_a_proof_of_a_day_ago_says_how_far_off_it_is(client: httpx.AsyncClient) -> None:
    day = 86_400
    headers = {"DPoP": Device().proof(iat=int(datetime.now(UTC).timestamp()) - day)}
    answer = await client.post(LOG_IN, json=CREDENTIALS, headers=headers)
    assert "by 8640" in answer.json()["detail"]
    assert "header Date" in answer.json()["detail"]


async def test_an_end_by_another_process_is_heard_of_at_once(
    world: World, client: httpx.AsyncClient
) -> None:
    """A process that would ask the database in an hour again."""
    tokens = await arrive(world, client)
    state = client._transport.app.state  # type: ignore[attr-defined]  # httpx has no other way
    state.revocations = Revocations(state.revocations.ended, rest=3600.0)
    async with hearing_of_ends(await world.api.get(Fanout), lambda: [state.revocations]):
        await asyncio.sleep(0)
        assert (await client.get("/v1/me", headers=bearer(tokens))).status_code == 200
        assert (
            await world.do(RevokeSessions, world.system(), CREDENTIALS["email"], reason="A test")
            == 1
        )
        statuses = list[int]()

        async def over() -> bool:
            statuses.append((await client.get("/v1/me", headers=bearer(tokens))).status_code)
            return statuses[-1] == 401

        async with asyncio.timeout(PATIENCE):
            await until(over, every=0.01)
