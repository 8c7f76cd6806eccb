"""A second factor through the REST API."""

from typing import Any

import httpx
import pytest
from pyotp import TOTP
from tests.http.accounts.test_accounts import CREDENTIALS, PASSWORD, arrive, bearer
from tests.support.given.world import World

pytestmark = pytest.mark.row("C2")
OWN = "/v1/me/second-factor"


async def set_up(client: httpx.AsyncClient, tokens: dict[str, Any]) -> tuple[str, list[str]]:
    """The app's secret, and the recovery codes."""
    enrolled = await client.put(OWN, headers=bearer(tokens), json={"password": PASSWORD})
    assert enrolled.status_code == 200, enrolled.text
    secret = enrolled.json()["secret"]
    assert secret in enrolled.json()["uri"]
    code = {"code": TOTP(secret).now()}
    confirmed = await client.put(f"{OWN}/confirmation", headers=bearer(tokens), json=code)
    assert confirmed.status_code == 200, confirmed.text
    return secret, confirmed.json()["codes"]


async def test_a_log_in_asks_for_a_code_and_then_lets_in(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens = await arrive(world, client)
    _, codes = await set_up(client, tokens)
    asked = await client.post("/v1/auth/login", json=CREDENTIALS)
    assert (asked.status_code, asked.json()["type"]) == (401, "/problems/second-factor-needed")
    wrong = {"challenge": asked.json()["challenge"], "code": "no code"}
    refused = await client.post("/v1/auth/second-factor", json=wrong)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/wrong-code")
    answer = await client.post("/v1/auth/second-factor", json={**wrong, "code": codes[0]})
    assert answer.status_code == 200
    state = await client.get(OWN, headers=bearer(answer.json()))
    assert state.json()["active"] is True
    assert state.json()["recovery_codes_left"] == 9
    again = await client.post(
        "/v1/auth/refresh", json={"refresh_token": answer.json()["refresh_token"]}
    )
    assert again.status_code == 200


async def test_a_wrong_password_is_not_asked_for_a_code(
    world: World, client: httpx.AsyncClient
) -> None:
    await set_up(client, await arrive(world, client))
    answer = await client.post("/v1/auth/login", json={**CREDENTIALS, "password": "wrong"})
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/wrong-credentials"


async def test_a_refreshed_token_steps_up_before_it_changes_anything(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens = await arrive(world, client)
    refreshed = await client.post(
        "/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}
    )
    refused = await client.delete(OWN, headers=bearer(refreshed.json()))
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/step-up-needed")
    challenge = refused.headers["www-authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'max_age="600"' in challenge
    proved = await client.put(
        "/v1/me/authentication", headers=bearer(refreshed.json()), json={"proof": PASSWORD}
    )
    assert proved.status_code == 200
    await set_up(client, proved.json())


async def test_new_recovery_codes_and_an_end_of_it(world: World, client: httpx.AsyncClient) -> None:
    tokens = await arrive(world, client)
    _, older = await set_up(client, tokens)
    proof = {"proof": older[0]}
    proved = await client.put("/v1/me/authentication", headers=bearer(tokens), json=proof)
    tokens = {**tokens, **proved.json()}
    newer = (await client.put("/v1/me/recovery-codes", headers=bearer(tokens))).json()["codes"]
    assert len({*older, *newer}) == 20
    assert (await client.delete(OWN, headers=bearer(tokens))).status_code == 204
    assert (await client.post("/v1/auth/login", json=CREDENTIALS)).status_code == 200
    state = (await client.get(OWN, headers=bearer(tokens))).json()
    assert state == {
        "active": False,
        "confirmed_at": None,
        "recovery_codes_left": 0,
        "kind": None,
    }
