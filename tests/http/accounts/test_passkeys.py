"""Passkeys through the REST API."""

from typing import Any

import httpx
import pytest
from tests.http.accounts.test_accounts import CREDENTIALS, arrive, bearer
from tests.http.accounts.test_second_factor import set_up
from tests.support.given.authenticator import Algorithm, Authenticator
from tests.support.given.world import World

pytestmark = pytest.mark.row("C2", "C7")
OWN, LOGIN = "/v1/me/passkeys", "/v1/auth/passkeys/login"
JSON = dict[str, Any]


async def options(client: httpx.AsyncClient, tokens: JSON) -> JSON:
    answer = await client.put(f"{OWN}/register/begin", headers=bearer(tokens))
    assert answer.status_code == 200, answer.text
    found: JSON = answer.json()
    return found


async def add(
    client: httpx.AsyncClient, tokens: JSON, phone: Authenticator, name: str = "My phone"
) -> JSON:
    made = {"credential": phone.create(await options(client, tokens)), "name": name}
    answer = await client.put(f"{OWN}/register/finish", headers=bearer(tokens), json=made)
    assert answer.status_code == 201, answer.text
    found: JSON = answer.json()
    assert answer.headers["location"] == f"{OWN}/{found['id']}"
    there = await client.get(answer.headers["location"], headers=bearer(tokens))
    assert (there.status_code, there.json()) == (200, found)
    return found


async def challenge(client: httpx.AsyncClient) -> JSON:
    begun: JSON = (await client.post(f"{LOGIN}/begin")).json()
    return begun


async def log_in(http: httpx.AsyncClient, phone: Authenticator, **said: Any) -> httpx.Response:
    signed = phone.get(await challenge(http), **said)
    return await http.post(f"{LOGIN}/finish", json={"credential": signed})


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
@pytest.mark.parametrize("counts", [True, False])
async def test_a_passkey_signs_in_without_password_or_address(
    world: World, client: httpx.AsyncClient, algorithm: Algorithm, counts: bool
) -> None:
    phone = Authenticator(algorithm, counts)
    added = await add(client, await arrive(world, client), phone, "  My   phone ")
    assert (added["name"], added["synced"], added["last_used_at"]) == ("My phone", False, None)
    for _ in range(2):
        answer = await log_in(client, phone)
        assert answer.status_code == 200, answer.text
    (listed,) = (await client.get(OWN, headers=bearer(answer.json()))).json()
    assert listed["id"] == added["id"]
    assert listed["last_used_at"] is not None
    refreshed = await client.post(
        "/v1/auth/refresh", json={"refresh_token": answer.json()["refresh_token"]}
    )
    assert refreshed.status_code == 200


async def test_what_is_asked_names_nobody_but_to_the_owners_device(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens = await arrive(world, client)
    asked = (await options(client, tokens))["public_key"]
    assert asked["rp"] == {"id": "localhost", "name": "SkillBridge"}
    assert [one["alg"] for one in asked["pubKeyCredParams"]] == [-8, -7, -257]
    assert asked["user"]["name"] == CREDENTIALS["email"]
    assert asked["attestation"] == "none"
    assert asked["authenticatorSelection"] == {
        "residentKey": "required",
        "userVerification": "required",
    }
    get = (await challenge(client))["public_key"]
    assert {name: get[name] for name in get if name != "challenge"} == {
        "rpId": "localhost",
        "timeout": 300_000,
        "userVerification": "required",
    }
    assert get["challenge"] != (await challenge(client))["public_key"]["challenge"]


async def test_ten_answers_in_a_row_are_refused_with_words(
    world: World, client: httpx.AsyncClient
) -> None:
    """What the corpus of `tests/unit/crypto/test_passkeys.py` holds is a 401 here and never a 500."""
    tokens = await arrive(world, client)
    phone, stranger = Authenticator(), Authenticator()
    await add(client, tokens, phone)
    stranger.create(await options(client, tokens))
    for device, said, kind in (
        (phone, {"origin": "https://evil.example"}, "passkey-refused"),
        (phone, {"type": "webauthn.create"}, "passkey-refused"),
        (phone, {"cross_origin": True}, "passkey-refused"),
        (phone, {"challenge": "AAAA"}, "ceremony-over"),
        (phone, {"client": b"[" * 3000}, "ceremony-over"),
        (phone, {"data": b"\x00"}, "passkey-refused"),
        (phone, {"signature": b""}, "passkey-refused"),
        (phone, {"user_handle": bytes(16)}, "passkey-refused"),
        (stranger, {}, "passkey-refused"),
        (phone, {"count": 0}, "passkey-refused"),
    ):
        await log_in(client, phone)
        answer = await log_in(client, device, **said)
        expected = "passkey-behind" if said == {"count": 0} else kind
        assert answer.status_code == 401, answer.text
        assert answer.json()["type"] == f"/problems/{expected}", said
        assert answer.json()["detail"]


async def test_a_stranger_is_told_the_same_as_an_owner_with_a_wrong_signature(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens = await arrive(world, client)
    phone, stranger = Authenticator(), Authenticator()
    await add(client, tokens, phone)
    stranger.create(await options(client, tokens))
    answers = [await log_in(client, phone, signature=b"wrong"), await log_in(client, stranger)]
    one, other = ({**it.json(), "request_id": ""} for it in answers)
    assert one == other


@pytest.mark.parametrize("most", [4096, 60_000])
async def test_bodies_have_bounds(client: httpx.AsyncClient, most: int) -> None:
    long = "A" * (most + 1)
    response = {"clientDataJSON": long, "authenticatorData": long, "signature": long}
    body = {"credential": {"id": long, "type": "public-key", "response": response}}
    answer = await client.post(f"{LOGIN}/finish", json=body)
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == 4


async def test_what_browsers_say_besides_is_passed_over_and_what_is_ours_is_not(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens, phone = await arrive(world, client), Authenticator()
    credential = {**phone.create(await options(client, tokens)), "newInTwoYears": {"a": 1}}
    body = {"credential": credential, "name": "My phone", "other": 1}
    refused = await client.put(f"{OWN}/register/finish", headers=bearer(tokens), json=body)
    assert refused.status_code == 400
    del body["other"]
    kept = await client.put(f"{OWN}/register/finish", headers=bearer(tokens), json=body)
    assert kept.status_code == 201


async def test_a_second_half_and_a_step_up_by_passkey(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens, phone = await arrive(world, client), Authenticator()
    await add(client, tokens, phone)
    await set_up(client, tokens)
    half = (await client.post("/v1/auth/login", json=CREDENTIALS)).json()["challenge"]
    path = "/v1/auth/second-factor/passkey"
    asked = (await client.post(f"{path}/begin", json={"challenge": half})).json()
    body = {"challenge": half, "credential": phone.get(asked)}
    answer = await client.post(f"{path}/finish", json=body)
    assert answer.status_code == 200, answer.text
    refreshed = await client.post(
        "/v1/auth/refresh", json={"refresh_token": answer.json()["refresh_token"]}
    )
    stale = bearer(refreshed.json())
    refused = await client.put(f"{OWN}/register/begin", headers=stale)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/step-up-needed")
    step = "/v1/me/authentication/passkey"
    begun = (await client.put(f"{step}/begin", headers=stale)).json()
    proved = await client.put(
        f"{step}/finish", headers=stale, json={"credential": phone.get(begun)}
    )
    assert proved.status_code == 200, proved.text
    again = await client.put(f"{OWN}/register/begin", headers=bearer(proved.json()))
    assert again.status_code == 200


async def test_one_is_named_and_removed(world: World, client: httpx.AsyncClient) -> None:
    tokens, phone = await arrive(world, client), Authenticator()
    added = await add(client, tokens, phone)
    where, mine = f"{OWN}/{added['id']}", bearer(tokens)
    named = await client.put(where, headers=mine, json={"name": "Old phone"})
    assert (named.status_code, named.json()["name"]) == (200, "Old phone")
    bad = await client.put(where, headers=mine, json={"name": "https://evil.example"})
    assert bad.status_code == 422
    assert (await client.delete(where, headers=mine)).status_code == 204
    assert (await client.delete(where, headers=mine)).status_code == 404
    assert (await log_in(client, phone)).status_code == 401
    assert (await client.get(OWN, headers=mine)).json() == []
