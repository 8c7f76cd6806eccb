"""Codes by mail as second factor, through the REST API."""

import httpx
import pytest
from tests.http.accounts.test_accounts import CREDENTIALS, PASSWORD, arrive, bearer
from tests.http.accounts.test_sign_in_codes import ask, code
from tests.support.given.world import World

pytestmark = pytest.mark.row("C2")

OWN, HALF = "/v1/me/second-factor", "/v1/auth/second-factor/email"
FRESH = "/v1/me/authentication/email"


async def test_codes_by_mail_are_chosen_asked_for_and_removed(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens = await arrive(world, client)
    mine = bearer(tokens)
    begun = await client.put(f"{OWN}/email/begin", json={"password": PASSWORD}, headers=mine)
    assert begun.status_code == 202, begun.text
    await world.settle()
    done = await client.put(f"{OWN}/email/finish", json={"code": await code(world)}, headers=mine)
    assert len(done.json()["codes"]) == 10
    state = (await client.get(OWN, headers=mine)).json()
    assert (state["active"], state["kind"]) == (True, "email")
    asked = await client.post("/v1/auth/login", json=CREDENTIALS)
    assert (asked.status_code, asked.json()["second_factor"]) == (401, "email")
    half = {"challenge": asked.json()["challenge"]}
    assert (await client.post(f"{HALF}/begin", json=half)).status_code == 202
    await world.settle()
    typed = {**half, "code": await code(world)}
    wrong = await client.post(f"{HALF}/finish", json={**typed, "code": "0"})
    assert (wrong.status_code, wrong.json()["type"]) == (401, "/problems/code-refused")
    answer = await client.post(f"{HALF}/finish", json=typed)
    assert answer.status_code == 200, answer.text
    again = await client.post(
        "/v1/auth/refresh", json={"refresh_token": answer.json()["refresh_token"]}
    )
    mine = bearer(again.json())
    assert (await client.delete(OWN, headers=mine)).status_code == 401
    assert (await client.put(f"{FRESH}/begin", headers=mine)).status_code == 202
    await world.settle()
    both = {"password": PASSWORD, "code": await code(world)}
    fresh = await client.put(f"{FRESH}/finish", json=both, headers=mine)
    assert fresh.status_code == 200, fresh.text
    assert (await client.delete(OWN, headers=bearer(fresh.json()))).is_success
    none = await client.put(f"{FRESH}/begin", headers=bearer(fresh.json()))
    assert (none.status_code, none.json()["type"]) == (404, "/problems/no-second-factor")


@pytest.mark.asvs("6.6.1")
async def test_a_sign_in_by_mail_is_refused_a_code_to_the_same_mailbox(
    world: World, client: httpx.AsyncClient
) -> None:
    mine = bearer(await arrive(world, client))
    await client.put(f"{OWN}/email/begin", json={"password": PASSWORD}, headers=mine)
    await world.settle()
    await client.put(f"{OWN}/email/finish", json={"code": await code(world)}, headers=mine)
    await world.settle()
    asked = await ask(world, client)
    typed = {"challenge": asked["challenge"], "code": await code(world)}
    half = (await client.post("/v1/auth/otp/verify", json=typed)).json()
    refused = await client.post(f"{HALF}/begin", json={"challenge": half["challenge"]})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/same-mailbox")
