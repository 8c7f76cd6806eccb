"""A phone and codes by SMS, through the REST API."""

import re

import httpx
import pytest
from tests.application.accounts.people import CODE
from tests.http.accounts.test_accounts import CREDENTIALS, PASSWORD, arrive, bearer
from tests.support.given.world import World

pytestmark = pytest.mark.row("C2", "C5", "J1")

PHONE, OWN = "/v1/me/phone", "/v1/me/second-factor"
HALF, FRESH = "/v1/auth/second-factor/sms", "/v1/me/authentication/sms"
NUMBER = "+2348031234567"


async def code(world: World) -> str:
    """That of the newest text."""
    await world.settle()
    texts = [mail.text for mail in await world.mails() if mail.to == f"{NUMBER}@sms.invalid"]
    found: list[str] = re.findall(CODE, texts[0])
    return found[0]


async def add(world: World, client: httpx.AsyncClient, mine: dict[str, str]) -> None:
    new = {"number": "0803 123 4567", "country": "NG", "password": PASSWORD}
    begun = await client.put(f"{PHONE}/begin", json=new, headers=mine)
    assert begun.status_code == 202, begun.text
    typed = {"code": await code(world)}
    done = await client.put(f"{PHONE}/finish", json=typed, headers=mine)
    assert done.json()["number"] == "+234 ••• 67"


async def test_a_phone_is_added_asked_for_codes_and_removed(
    world: World, client: httpx.AsyncClient
) -> None:
    mine = bearer(await arrive(world, client))
    missing = await client.get(PHONE, headers=mine)
    assert (missing.status_code, missing.json()["type"]) == (404, "/problems/no-phone")
    await add(world, client, mine)
    shown = (await client.get(PHONE, headers=mine)).json()
    assert (shown["number"], shown["text"]) == ("+234 ••• 67", "sent")
    begun = await client.put(f"{OWN}/sms/begin", json={"password": PASSWORD}, headers=mine)
    assert begun.status_code == 202, begun.text
    typed = {"code": await code(world)}
    done = await client.put(f"{OWN}/sms/finish", json=typed, headers=mine)
    assert len(done.json()["codes"]) == 10
    asked = await client.post("/v1/auth/login", json=CREDENTIALS)
    assert (asked.status_code, asked.json()["second_factor"]) == (401, "sms")
    half = {"challenge": asked.json()["challenge"]}
    by_mail = await client.post("/v1/auth/second-factor/email/begin", json=half)
    assert (by_mail.status_code, by_mail.json()["type"]) == (409, "/problems/not-by-mail")
    assert (await client.post(f"{HALF}/begin", json=half)).status_code == 202
    answer = await client.post(f"{HALF}/finish", json={**half, "code": await code(world)})
    assert answer.status_code == 200, answer.text
    again = await client.post(
        "/v1/auth/refresh", json={"refresh_token": answer.json()["refresh_token"]}
    )
    mine = bearer(again.json())
    assert (await client.put(f"{FRESH}/begin", headers=mine)).status_code == 202
    both = {"password": PASSWORD, "code": await code(world)}
    fresh = await client.put(f"{FRESH}/finish", json=both, headers=mine)
    assert fresh.status_code == 200, fresh.text
    mine = bearer(fresh.json())
    needed = await client.delete(PHONE, headers=mine)
    assert (needed.status_code, needed.json()["type"]) == (409, "/problems/phone-needed")
    assert (await client.delete(OWN, headers=mine)).is_success
    assert (await client.delete(PHONE, headers=mine)).is_success


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("hello", "bad-phone"),
        ("0803 123 4567", "bad-phone"),
        ("+447911123456", "country-not-texted"),
    ],
)
async def test_what_is_not_texted_is_told(
    world: World, client: httpx.AsyncClient, number: str, problem: str
) -> None:
    mine = bearer(await arrive(world, client))
    new = {"number": number, "password": PASSWORD}
    answer = await client.put(f"{PHONE}/begin", json=new, headers=mine)
    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{problem}")
    assert answer.json()["errors"][0]["pointer"] == "#/number"
