"""Forged access tokens, and the keys by which others know the true ones."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.support.http.asking import Asking, refused
from tests.support.http.forgeries import Forger

from skillbridge.settings import LOCAL_KEY, Settings

pytestmark = pytest.mark.row("C1")

KEYS = "/.well-known/jwks.json"
ISSUER = Settings(env="test").public_url


@pytest.fixture
def forger(ask: Asking) -> Forger:
    who = {"sub": str(ask.actor.user_id), "tid": str(ask.actor.tenant_id), "sid": str(uuid4())}
    return Forger(LOCAL_KEY, ISSUER, datetime.now(UTC), {**who, "roles": ["learner"]})


async def asked(ask: Asking, token: str) -> Any:
    sent = b"Bearer " + token.encode("utf-8", "surrogatepass")
    return await ask.client.get("/v1/me", headers={b"Authorization": sent})


async def test_the_forger_of_these_tests_can_make_a_good_one(ask: Asking, forger: Forger) -> None:
    assert (await asked(ask, forger.token())).status_code in {200, 404}
    assert len(forger.attacks()) >= 40


@pytest.mark.asvs("9.1.1", "9.1.2", "9.1.3", "9.2.1", "9.2.2", "9.2.3", "9.2.4")
async def test_each_attack_is_answered_401_with_the_way_out(ask: Asking, forger: Forger) -> None:
    for name, token in forger.attacks().items():
        told = refused(await asked(ask, token), 401)
        kind = "bad-access-token" if token.strip() else "not-signed-in"
        assert told["type"] == f"/problems/{kind}", name
        assert "log" in told["detail"], name


async def test_only_public_members_are_published(ask: Asking, forger: Forger) -> None:
    answer = await ask.client.get(KEYS)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    [key] = answer.json()["keys"]
    assert answer.json().keys() == {"keys"}
    assert key == {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "use": "sig",
        "kid": forger.header["kid"],
        "x": forger.point,
    }


async def test_nobody_has_to_sign_in_to_see_the_keys(ask: Asking) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        assert (await ask.client.get(KEYS, headers=headers)).status_code == 200


async def test_the_keys_may_be_kept_for_an_hour_and_asked_after_by_their_tag(ask: Asking) -> None:
    answer = await ask.client.get(KEYS)
    assert answer.headers["cache-control"] == "public, max-age=3600"
    again = await ask.client.get(KEYS, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "public, max-age=3600"
    other = await ask.client.get(KEYS, headers={"If-None-Match": '"1"'})
    assert other.json() == answer.json()


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated:joserfc.errors.SecurityWarning")
async def test_another_program_verifies_a_token_by_what_is_published(ask: Asking) -> None:
    keys = KeySet.import_key_set((await ask.client.get(KEYS)).json())
    read = jwt.decode(ask.headers["Authorization"].removeprefix("Bearer "), keys, ["EdDSA"])
    assert (read.claims["iss"], read.claims["aud"]) == (ISSUER, "skillbridge-api")
    assert read.claims["sub"] == str(ask.actor.user_id)
