"""Passwords and addresses, set anew and changed, through the REST API and by its pages."""

import re
from typing import Any

import httpx
import pytest
from tests.http.accounts.test_accounts import (
    CREDENTIALS,
    EMAIL,
    PASSWORD,
    another_tenant,
    arrive,
    bearer,
)
from tests.http.accounts.test_verification import Form, is_page, send
from tests.support.given.world import World

pytestmark = pytest.mark.row("C1", "C5")

NEW = "brown ladder sings at noon"
OTHER = "amina@example.net"
FORGOT, RESET = "/v1/auth/password/forgot", "/v1/auth/password/reset"


async def mailed(world: World, to: str = EMAIL) -> tuple[str, str, str]:
    """The newest mail to this address: its link, the token of that, and its code."""
    await world.settle()
    mail = next(one for one in await world.mails() if one.to == to)
    link = re.search(r"https?://\S+?(/v1/\S+)", mail.text)
    code = re.search(r"\b\d{4} \d{4}\b", mail.text)
    assert link
    assert code
    return link[1], link[1].partition("token=")[2], code[0]


async def log_in(client: httpx.AsyncClient, email: str, password: str) -> int:
    body = {"email": email, "password": password}
    return (await client.post("/v1/auth/login", json=body)).status_code


@pytest.mark.asvs("6.3.8")
async def test_the_answer_never_tells_whose_password_was_forgotten(
    world: World, client: httpx.AsyncClient
) -> None:
    await arrive(world, client)
    known = await client.post(FORGOT, json={"email": EMAIL})
    unknown = await client.post(FORGOT, json={"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    names = [{*answer.headers} for answer in (known, unknown)]
    assert names[0] == names[1]
    bodies = [
        {"email": who, "code": "1234 5678", "password": NEW} for who in (EMAIL, "no@example.org")
    ]
    answers = [await client.post(RESET, json=body) for body in bodies]
    said = [{**answer.json(), "request_id": ""} for answer in answers]
    assert said[0] == said[1]
    assert [answer.status_code for answer in answers] == [409, 409]


@pytest.mark.parametrize("by", ["token", "code"])
async def test_a_client_sets_a_password_by_what_the_mail_holds(
    world: World, client: httpx.AsyncClient, by: str
) -> None:
    tokens = await arrive(world, client)
    await client.post(FORGOT, json={"email": EMAIL})
    _, token, code = await mailed(world)
    proof = {"token": token} if by == "token" else {"email": EMAIL, "code": code}
    weak = await client.post(RESET, json={**proof, "password": "password1234"})
    assert (weak.status_code, weak.json()["type"]) == (422, "/problems/weak-password")
    done = await client.post(RESET, json={**proof, "password": NEW})
    assert (done.status_code, done.content) == (204, b"")
    assert "set-cookie" not in done.headers
    assert (await client.get("/v1/me", headers=bearer(tokens))).status_code == 401
    assert [await log_in(client, EMAIL, word) for word in (PASSWORD, NEW)] == [401, 200]
    again = await client.post(RESET, json={**proof, "password": PASSWORD})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/proof-outdated")
    assert "ask for a new mail" in again.json()["detail"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 422),
        ({"token": ""}, 422),
        ({"email": EMAIL}, 422),
        ({"code": "12345678"}, 422),
        ({"token": "nonsense"}, 422),
        ({"token": "nonsense", "email": EMAIL, "code": "12345678"}, 422),
        ({"email": "no address", "code": "12345678"}, 422),
        ({"email": EMAIL, "code": "1" * 21}, 400),
        ({"token": "x" * 301}, 400),
        ({"token": None}, 400),
        ({"email": EMAIL, "code": "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668"}, 409),
    ],
)
async def test_what_answers_no_mail_is_told_what_to_give(
    client: httpx.AsyncClient, given: dict[str, Any], status: int
) -> None:
    answer = await client.post(RESET, json={"password": NEW, **given})
    assert answer.status_code == status, answer.text


async def test_the_page_of_the_link_sets_the_password_and_opening_it_changes_nothing(
    world: World, client: httpx.AsyncClient
) -> None:
    await arrive(world, client)
    await client.post(FORGOT, json={"email": EMAIL})
    link, token, _ = await mailed(world)
    page = await client.get(link)
    is_page(page)
    assert page.status_code == 200
    assert len(page.content) < 14 * 1024
    for _ in range(3):
        assert (await client.get(link)).text == page.text
    assert await log_in(client, EMAIL, PASSWORD) == 200
    form = Form(page)
    assert form.fields == {"token": token, "password": ""}
    assert 'action="new-password"' in page.text, "relative: a proxy may have put a prefix in front"
    weak = await send(client, form, password="password1234")
    assert (weak.status_code, 'role="alert"' in weak.text) == (400, True)
    assert "password1234" not in weak.text
    elsewhere = await another_tenant(world)
    done = await client.post(
        form.action, data=Form(weak).fields | {"password": NEW}, headers=elsewhere
    )
    assert done.status_code == 200, "the link names its tenant"
    assert [await log_in(client, EMAIL, word) for word in (PASSWORD, NEW)] == [401, 200]
    again = await send(client, form, password=PASSWORD)
    assert again.status_code == 409
    wanted = Form(again)
    assert wanted.action.endswith("/v1/auth/forgot")
    assert wanted.fields["token"] == token
    sent = await send(client, wanted, email=EMAIL)
    nobody = await send(client, wanted, email="nobody@example.org")
    assert (sent.status_code, sent.text) == (200, nobody.text)
    assert (await mailed(world))[1] != token
    assert (await send(client, wanted, email="no address")).status_code == 422


@pytest.mark.parametrize("path", ["/v1/auth/reset", "/v1/auth/email"])
@pytest.mark.parametrize("token", ["<script>", "", "nonsense", "x" * 400, None])
async def test_a_broken_link_says_so_on_a_page(
    client: httpx.AsyncClient, path: str, token: str | None
) -> None:
    page = await client.get(path, params={} if token is None else {"token": token})
    is_page(page)
    assert page.status_code == (400 if token == "x" * 400 else 422)


async def test_a_password_is_changed_by_the_present_one(
    world: World, client: httpx.AsyncClient
) -> None:
    other = await arrive(world, client)
    here = (await client.post("/v1/auth/login", json=CREDENTIALS)).json()
    wrong = {"current": "not the password", "password": NEW}
    refused = await client.put("/v1/me/password", json=wrong, headers=bearer(here))
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/wrong-password")
    right = {"current": PASSWORD, "password": NEW}
    assert (await client.put("/v1/me/password", json=right)).status_code == 401
    done = await client.put("/v1/me/password", json=right, headers=bearer(here))
    assert (done.status_code, done.content) == (204, b"")
    seen = [(await client.get("/v1/me", headers=bearer(it))).status_code for it in (other, here)]
    assert seen == [401, 200]
    assert [await log_in(client, EMAIL, word) for word in (PASSWORD, NEW)] == [401, 200]
    await world.settle()
    assert "Your password was changed" in {mail.subject for mail in await world.mails()}


async def test_the_page_confirms_another_address(world: World, client: httpx.AsyncClient) -> None:
    tokens = await arrive(world, client)
    asked = {"email": OTHER, "password": PASSWORD}
    answer = await client.put("/v1/me/email", json=asked, headers=bearer(tokens))
    assert answer.status_code == 202
    link, token, _ = await mailed(world, OTHER)
    page = await client.get(link)
    is_page(page)
    form = Form(page)
    assert form.fields == {"token": token}
    assert (await client.get("/v1/me", headers=bearer(tokens))).json()["email"] == EMAIL
    done = await send(client, form)
    assert done.status_code == 200
    assert (await client.get("/v1/me", headers=bearer(tokens))).json()["email"] == OTHER
    assert (await send(client, form)).status_code == 200, "as when the first answer got lost"
    assert [await log_in(client, who, PASSWORD) for who in (EMAIL, OTHER)] == [401, 200]


@pytest.mark.parametrize("by", ["token", "code"])
async def test_a_client_confirms_another_address(
    world: World, client: httpx.AsyncClient, by: str
) -> None:
    tokens = await arrive(world, client)
    asked = {"email": OTHER, "password": PASSWORD}
    assert (await client.put("/v1/me/email", json=asked, headers=bearer(tokens))).status_code == 202
    _, token, code = await mailed(world, OTHER)
    if by == "token":
        done = await client.post("/v1/auth/email/confirm", json={"token": token})
    else:
        wrong = await client.put("/v1/me/email/code", json={"code": "0"}, headers=bearer(tokens))
        assert (wrong.status_code, wrong.json()["type"]) == (409, "/problems/proof-outdated")
        done = await client.put("/v1/me/email/code", json={"code": code}, headers=bearer(tokens))
    assert done.status_code == 204
    assert (await client.get("/v1/me", headers=bearer(tokens))).json()["email"] == OTHER


async def test_who_asks_for_an_address_is_not_told_whether_it_has_an_account(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens = await arrive(world, client)
    await world.person(email="bola@example.org")
    answers = [
        await client.put(
            "/v1/me/email", json={"email": email, "password": PASSWORD}, headers=bearer(tokens)
        )
        for email in (OTHER, "bola@example.org")
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content


async def test_a_proof_of_one_purpose_opens_no_other(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens = await arrive(world, client)
    await client.post(FORGOT, json={"email": EMAIL})
    _, forgotten, code = await mailed(world)
    asked = {"email": OTHER, "password": PASSWORD}
    await client.put("/v1/me/email", json=asked, headers=bearer(tokens))
    _, address, other = await mailed(world, OTHER)
    tries = (
        await client.post(RESET, json={"token": address, "password": NEW}),
        await client.post("/v1/auth/email/confirm", json={"token": forgotten}),
        await client.post("/v1/auth/verify", json={"token": forgotten, "password": PASSWORD}),
        await client.post(RESET, json={"email": EMAIL, "code": other, "password": NEW}),
        await client.put("/v1/me/email/code", json={"code": code}, headers=bearer(tokens)),
    )
    assert [one.status_code for one in tries] == [422, 422, 422, 409, 409]


@pytest.mark.asvs("16.2.5")
async def test_what_opens_a_mail_stands_in_no_log(
    world: World, client: httpx.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither as it goes out nor as it comes back, right or wrong."""
    tokens = await arrive(world, client)
    await client.post(FORGOT, json={"email": EMAIL})
    link, token, code = await mailed(world)
    await client.get(link)
    await client.get("/v1/auth/email", params={"token": token})
    await client.post("/v1/auth/new-password", data={"token": token, "password": "password1234"})
    await client.post(RESET, json={"token": token + "x", "password": NEW})
    await client.post(RESET, json={"email": EMAIL, "code": code, "password": NEW})
    asked = {"email": OTHER, "password": NEW}
    tokens = (await client.post("/v1/auth/login", json={"email": EMAIL, "password": NEW})).json()
    await client.put("/v1/me/email", json=asked, headers=bearer(tokens))
    _, address, other = await mailed(world, OTHER)
    await client.put("/v1/me/email/code", json={"code": other}, headers=bearer(tokens))
    said = "".join(capfd.readouterr())
    assert "job.done" in said, "there is a log"
    for secret in (token, code, code.replace(" ", ""), address, other, NEW, PASSWORD, EMAIL, OTHER):
        assert secret not in said
