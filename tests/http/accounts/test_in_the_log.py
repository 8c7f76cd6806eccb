"""What the log tells of who signs in and of what is refused, and the secrets that it never holds."""

import logging
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from tests.http.accounts.test_accounts import CREDENTIALS, EMAIL, PASSWORD, arrive, bearer
from tests.http.accounts.test_credentials import FORGOT, NEW, RESET, mailed
from tests.http.accounts.test_second_factor import OWN, set_up
from tests.support.given.world import World
from tests.support.http.asking import Asking, open_asking
from tests.support.http.asking import bearer as only_as

from skillbridge.application.ports.access_tokens import Claims, Tokens
from skillbridge.domain.accounts.email_address import pseudonym
from skillbridge.domain.actor import Role

pytestmark = pytest.mark.row("A4", "C5")

REFRESH, SECOND = "/v1/auth/refresh", "/v1/auth/second-factor"


async def claims(world: World, tokens: Mapping[str, Any]) -> Claims:
    reads: Tokens = await world.api.get(Tokens)
    return reads.verify(tokens["access_token"])


def told(lines: list[Any], event: str) -> dict[str, Any]:
    """The only line of this event, without its level and time."""
    (line,) = (one for one in lines if one["event"] == event)
    return {name: value for name, value in line.items() if name not in {"event", "log_level", "ms"}}


Log = pytest.LogCaptureFixture
FACTS = ("user", "session", "methods", "known_device", "account", "reason")


@pytest.fixture
def log(caplog: Log) -> Log:
    """What use cases say, which know no framework."""
    caplog.set_level(logging.WARNING, "httpx")  # the test's client, which others made talk
    caplog.set_level(logging.INFO, "skillbridge")  # last: each call sets the handler's level too
    return caplog


def said_of(log: Log, event: str) -> dict[str, Any]:
    """The newest line of this event."""
    record = [one for one in log.records if one.getMessage() == event][-1]
    return {name: vars(record)[name] for name in FACTS if name in vars(record)}


@pytest.mark.asvs("16.3.1")
async def test_who_signed_in_and_how_is_told(
    world: World, client: httpx.AsyncClient, log: Log
) -> None:
    tokens = await arrive(world, client)
    _, codes = await set_up(client, tokens)
    asked = (await client.post("/v1/auth/login", json=CREDENTIALS)).json()["challenge"]
    answer = await client.post(SECOND, json={"challenge": asked, "code": codes[0]})
    who = await claims(world, answer.json())
    assert said_of(log, "sign_in.started") == {
        "user": str(who.user_id),
        "session": str(who.session_id),
        "methods": ["otp", "pwd"],
        "known_device": False,
    }


@pytest.mark.asvs("16.3.1")
async def test_a_wrong_password_is_told_of_an_account_that_is_there_and_of_none(
    client: httpx.AsyncClient, world: World, log: Log
) -> None:
    await arrive(world, client)
    for email in (EMAIL, "nobody@example.org"):
        with capture_logs() as lines:
            await client.post("/v1/auth/login", json={"email": email, "password": "not this one"})
        assert said_of(log, "sign_in.refused") == {
            "account": pseudonym(email),
            "reason": "WrongCredentials",
        }
        assert told(lines, "request")["problem"] == "wrong-credentials"


@pytest.mark.asvs("16.3.1")
async def test_a_wrong_code_and_a_stolen_token_are_told_with_whose_they_are(
    world: World, client: httpx.AsyncClient, log: Log
) -> None:
    tokens = await arrive(world, client)
    who = await claims(world, tokens)
    presented = {"refresh_token": tokens["refresh_token"]}
    newer = (await client.post(REFRESH, json=presented)).json()["refresh_token"]
    await client.post(REFRESH, json={"refresh_token": newer})
    assert (await client.post(REFRESH, json=presented)).status_code == 401
    stolen = {"user": str(who.user_id), "session": str(who.session_id)}
    assert said_of(log, "sign_in.stolen") == stolen
    signed_in = (await client.post("/v1/auth/login", json=CREDENTIALS)).json()
    await set_up(client, signed_in)
    asked = (await client.post("/v1/auth/login", json=CREDENTIALS)).json()["challenge"]
    await client.post(SECOND, json={"challenge": asked, "code": "no code"})
    assert said_of(log, "sign_in.refused") == {"user": str(who.user_id), "reason": "WrongCode"}


@pytest.mark.asvs("16.3.2")
async def test_who_asked_for_what_is_not_theirs_is_told(world: World) -> None:
    async with open_asking(world) as ask:
        learner = await only_as(world, frozenset({Role.LEARNER}))
        with capture_logs() as lines:
            await ask.client.get("/v1/cohorts", headers=learner)
        token = learner["Authorization"].removeprefix("Bearer ")
        who = (await world.api.get(Tokens)).verify(token)
        refused = told(lines, "request")
        assert (refused["status"], refused["problem"]) == (403, "missing-scope")
        assert refused["user"] == str(who.user_id)
        assert refused["session"] == str(who.session_id)
        with capture_logs() as lines:
            await ask.client.get("/v1/cohorts", headers={"Authorization": "Bearer nonsense"})
        refused = told(lines, "request")
        assert (refused["status"], refused["problem"]) == (401, "bad-access-token")
        assert "user" not in refused


@pytest.mark.asvs("16.3.3")
@pytest.mark.parametrize(
    ("method", "path", "body", "problem"),
    [
        ("POST", "/v1/roadmaps", b"[", "malformed-request"),
        ("POST", "/v1/roadmaps", b'{"surprise": 1}', "invalid-request"),
        ("GET", "/v1/roadmaps?surprise=1", None, "invalid-request"),
        ("GET", "/v1/roadmaps?after=forged", None, "bad-cursor"),
        ("GET", "/v1//me", None, "no-such-path"),
    ],
)
async def test_what_tries_to_get_past_the_rules_is_told(
    ask: Asking, method: str, path: str, body: bytes | None, problem: str
) -> None:
    with capture_logs() as lines:
        await ask(method, path, body)
    assert told(lines, "request")["problem"] == problem


@pytest.mark.asvs("16.3.3")
async def test_who_asks_too_often_is_told(world: World) -> None:
    async with open_asking(world, counted=True) as ask:
        with capture_logs() as lines:
            for _ in range(31):
                answer = await ask.client.post("/v1/auth/login", json=CREDENTIALS)
        assert answer.status_code == 429
        refused = [line["problem"] for line in lines if line["event"] == "request"]
        assert refused[-1] == "too-many"


@pytest.mark.asvs("16.2.5")
async def test_no_secret_of_signing_in_stands_in_a_log(
    world: World, client: httpx.AsyncClient, capfd: pytest.CaptureFixture[str], log: Log
) -> None:
    """Right or wrong, in a body, a header or an address, sent by us or to us; nothing redacts them here."""
    tokens = await arrive(world, client)
    app_secret, codes = await set_up(client, tokens)
    asked = (await client.post("/v1/auth/login", json=CREDENTIALS)).json()["challenge"]
    signed_in = (await client.post(SECOND, json={"challenge": asked, "code": codes[0]})).json()
    await client.post(SECOND, json={"challenge": f"{asked}x", "code": codes[1]})
    newer = (await client.post(REFRESH, json={"refresh_token": signed_in["refresh_token"]})).json()
    await client.post(REFRESH, json={"refresh_token": f"{newer['refresh_token']}x"})
    await client.put("/v1/me/authentication", headers=bearer(newer), json={"proof": codes[2]})
    await client.post("/v1/auth/login", json={"email": EMAIL, "password": NEW})
    await client.post(FORGOT, json={"email": EMAIL})
    link, token, code = await mailed(world)
    await client.get(link)
    await client.post(RESET, json={"email": EMAIL, "code": code, "password": NEW})
    cut = f"{newer['access_token'][:-4]}AAAA"
    for forged in (cut, newer["refresh_token"], app_secret):
        for path in ("/v1/me", OWN):
            await client.get(path, headers={"Authorization": f"Bearer {forged}", "DPoP": forged})
    await client.post("/v1/auth/logout", json={"refresh_token": newer["refresh_token"]})
    said = "".join([*capfd.readouterr(), *(repr(vars(record)) for record in log.records)])
    assert "sign_in.started" in said, "there is a log"
    assert "job.done" in said
    secrets = {
        *(EMAIL, PASSWORD, NEW, app_secret, asked, token, code, code.replace(" ", ""), *codes),
        *(one[name] for one in (tokens, signed_in) for name in ("access_token", "refresh_token")),
        *(signed_in["device"], newer["access_token"], newer["refresh_token"], cut),
    }
    assert [secret for secret in secrets if secret in said] == []
