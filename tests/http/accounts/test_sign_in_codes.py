"""Signing in by a mailed code, through the REST API."""

import re
from typing import Any

import httpx
import pytest
from tests.http.accounts.test_accounts import (
    CREDENTIALS,
    EMAIL,
    REGISTRATION,
    another_tenant,
    arrive,
    bearer,
)
from tests.http.accounts.test_second_factor import set_up
from tests.support.given.world import World

pytestmark = pytest.mark.row("C1", "C5")

ASK, TYPE = "/v1/auth/otp/request", "/v1/auth/otp/verify"


async def ask(world: World, client: httpx.AsyncClient, email: str = EMAIL) -> dict[str, Any]:
    answer = await client.post(ASK, json={"email": email})
    assert answer.status_code == 202, answer.text
    await world.settle()
    found: dict[str, Any] = answer.json()
    return found


async def code(world: World) -> str:
    mail = next(one for one in await world.mails() if one.to == EMAIL)
    found = re.search(r"\b\d{4} \d{4}\b", mail.text)
    assert found
    return found[0]


@pytest.mark.asvs("6.3.8")
async def test_the_answer_never_tells_who_has_an_account(
    world: World, client: httpx.AsyncClient
) -> None:
    await arrive(world, client)
    answers = [await ask(world, client, who) for who in (EMAIL, "nobody@example.org")]
    assert [{*one} for one in answers] == [{"challenge", "expires_in"}] * 2
    assert [one["expires_in"] for one in answers] == [600, 600]
    assert len({len(one["challenge"]) for one in answers}) == 1
    refused = [
        await client.post(TYPE, json={"challenge": one["challenge"], "code": "0000 0000"})
        for one in answers
    ]
    assert [one.status_code for one in refused] == [401, 401]
    said = [{**one.json(), "request_id": ""} for one in refused]
    assert said[0] == said[1]
    assert said[0]["type"] == "/problems/code-refused"


async def test_a_code_signs_in_whatever_tenant_the_second_request_names(
    world: World, client: httpx.AsyncClient
) -> None:
    await arrive(world, client)
    asked = await ask(world, client)
    typed = {"challenge": asked["challenge"], "code": (await code(world)).replace(" ", "-")}
    answer = await client.post(TYPE, json=typed, headers=await another_tenant(world))
    assert answer.status_code == 200, answer.text
    me = await client.get("/v1/me", headers=bearer(answer.json()))
    assert me.json()["email"] == EMAIL
    again = await client.post(TYPE, json=typed)
    assert (again.status_code, again.json()["type"]) == (401, "/problems/code-refused")


async def test_an_account_with_a_second_factor_is_asked_for_it(
    world: World, client: httpx.AsyncClient
) -> None:
    _, codes = await set_up(client, await arrive(world, client))
    asked = await ask(world, client)
    typed = {"challenge": asked["challenge"], "code": await code(world)}
    refused = await client.post(TYPE, json=typed)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/second-factor-needed")
    half = {"challenge": refused.json()["challenge"], "code": codes[0]}
    assert (await client.post("/v1/auth/second-factor", json=half)).status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        {"challenge": "", "code": "4821 0937"},
        {"challenge": "sbo_AAAA", "code": "4821 0937"},
        {"challenge": "sbo_" + "é" * 90, "code": "é"},
        {"challenge": "A" * 300, "code": ""},
    ],
)
async def test_what_nobody_was_answered_is_refused(
    client: httpx.AsyncClient, typed: dict[str, str]
) -> None:
    answer = await client.post(TYPE, json=typed)
    assert answer.status_code in {400, 401}, answer.text


async def test_no_address_is_told_as_one(client: httpx.AsyncClient) -> None:
    answer = await client.post(ASK, json={"email": "amina"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-email")


async def test_neither_code_nor_challenge_is_in_the_log(
    world: World, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await arrive(world, client)
    asked = await ask(world, client)
    typed = {"challenge": asked["challenge"], "code": await code(world)}
    await client.post(TYPE, json={**typed, "code": "1234 5678"})
    await client.post(TYPE, json=typed)
    for secret in (*typed.values(), typed["code"].replace(" ", ""), "1234 5678", EMAIL):
        assert secret not in caplog.text


async def test_a_registration_is_confirmed_by_the_code_of_its_mail(
    world: World, client: httpx.AsyncClient
) -> None:
    assert (await client.post("/v1/auth/register", json=REGISTRATION)).status_code == 202
    await world.settle()
    typed = {**CREDENTIALS, "code": await code(world)}
    wrong = await client.post("/v1/auth/verify/code", json={**typed, "code": "0"})
    assert (wrong.status_code, wrong.json()["type"]) == (401, "/problems/code-or-password-wrong")
    assert (await client.post("/v1/auth/verify/code", json=typed)).status_code == 204
    assert (await client.post("/v1/auth/login", json=CREDENTIALS)).status_code == 200
    again = await client.post("/v1/auth/verify/code", json=typed)
    assert (again.status_code, again.json()["type"]) == (401, "/problems/code-or-password-wrong")
