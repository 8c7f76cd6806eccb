"""The pages behind the link of a mail, as a browser without a script uses them."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from tests.http.accounts.conftest import Clients
from tests.http.accounts.test_accounts import (
    CREDENTIALS,
    EMAIL,
    PASSWORD,
    REGISTRATION,
    another_tenant,
    bearer,
    links,
)
from tests.support.given.world import World

from skillbridge.entrypoints.http.mailed_links import FORM
from skillbridge.entrypoints.http.server.middleware import _FORMS

pytestmark = pytest.mark.row("C1", "C5")


class Form(HTMLParser):
    """The one form of a page: where it goes and what it says by itself."""

    def __init__(self, page: httpx.Response) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.base = str(page.url)
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            assert said["method"] == "post"
            assert not self.action
            self.action = urljoin(self.base, said["action"])
        if tag == "input":
            self.fields[str(said["name"])] = said.get("value") or ""


def is_page(answer: httpx.Response) -> None:
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script" not in answer.text.lower()
    assert '<html lang="en">' in answer.text


async def send(client: httpx.AsyncClient, form: Form, **filled: str) -> httpx.Response:
    assert filled.keys() <= form.fields.keys()
    answer = await client.post(form.action, data=form.fields | filled)
    is_page(answer)
    return answer


async def open_page(world: World, client: httpx.AsyncClient) -> httpx.Response:
    assert (await client.post("/v1/auth/register", json=REGISTRATION)).status_code == 202
    (token,) = await links(world)
    page = await client.get("/v1/auth/verify", params={"token": token})
    is_page(page)
    return page


async def log_in(client: httpx.AsyncClient) -> int:
    return (await client.post("/v1/auth/login", json=CREDENTIALS)).status_code


@pytest.mark.asvs("3.5.1")
async def test_opening_the_link_changes_nothing(world: World, client: httpx.AsyncClient) -> None:
    """However often a mail scanner does."""
    page = await open_page(world, client)
    for _ in range(3):
        assert (await client.get(page.url)).text == page.text
    assert await log_in(client) == 401


async def test_the_page_asks_for_the_password_and_then_it_is_confirmed(
    world: World, client: httpx.AsyncClient
) -> None:
    form = Form(await open_page(world, client))
    assert form.fields.keys() == {"token", "password"}
    wrong = await send(client, form, password="not the right one")
    assert (wrong.status_code, 'role="alert"' in wrong.text) == (400, True)
    assert await log_in(client) == 401
    for again in (Form(wrong), form):
        done = await send(client, again, password=PASSWORD)
        assert done.status_code == 200
        assert "<h1>Your address is confirmed</h1>" in done.text
    assert await log_in(client) == 200


async def test_the_page_finds_the_tenant_without_a_header(
    world: World, client: httpx.AsyncClient
) -> None:
    form = Form(await open_page(world, client))
    elsewhere = await another_tenant(world)
    answer = await client.post(
        form.action, data=form.fields | {"password": PASSWORD}, headers=elsewhere
    )
    assert answer.status_code == 200
    assert await log_in(client) == 200


@pytest.mark.parametrize("token", ["<script>", "", "nonsense", "x" * 400, None])
async def test_a_broken_link_offers_a_new_mail(
    world: World, client: httpx.AsyncClient, token: str | None
) -> None:
    await open_page(world, client)
    page = await client.get("/v1/auth/verify", params={} if token is None else {"token": token})
    is_page(page)
    assert page.status_code == (400 if token == "x" * 400 else 422)
    sent = await send(client, Form(page), email=EMAIL)
    assert sent.status_code == 200
    assert len(await links(world)) == 2
    nobody = await send(client, Form(page), email="nobody@example.org")
    assert nobody.text == sent.text
    assert (await send(client, Form(page), email="no address")).status_code == 422


async def test_a_link_that_is_over_offers_a_new_mail(
    world: World, client: httpx.AsyncClient
) -> None:
    form = Form(await open_page(world, client))
    await client.post(
        "/v1/auth/register", json={**REGISTRATION, "password": "another long one here"}
    )
    (newer,) = set(await links(world)) - {form.fields["token"]}
    await send(client, form, password=PASSWORD)
    over = await send(client, form, token=newer, password="another long one here")
    assert over.status_code == 409
    again = Form(over)
    assert again.action.endswith("/v1/auth/resend")
    assert again.fields["token"] == newer


async def test_too_many_passwords_are_told_when_to_come_back(
    world: World, client: httpx.AsyncClient
) -> None:
    form = Form(await open_page(world, client))
    for _ in range(10):
        assert (await send(client, form, password="wrong")).status_code == 400
    answer = await send(client, form, password=PASSWORD)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", sorted(_FORMS))
@pytest.mark.parametrize(
    "body", [b"", b"token=%00&email=%00", b"%ff=%ff", b"token=" + b"x" * 9000, b"a&b&&=&=;"]
)
async def test_whatever_is_posted_is_answered_with_a_page(
    client: httpx.AsyncClient, path: str, body: bytes
) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post(path, content=body, headers=kind)
    is_page(answer)
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("path", sorted(_FORMS))
async def test_a_form_that_nobody_fills_in_is_not_read(
    client: httpx.AsyncClient, path: str
) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post(path, content=b"a=b&" * (FORM // 4 + 1), headers=kind)
    is_page(answer)
    assert answer.status_code == 413


@pytest.mark.asvs("3.5.2")
@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x"])
async def test_forms_are_taken_by_these_pages_alone(client: httpx.AsyncClient, kind: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("verify", "login", "register", "logout"):
        answer = await client.post(f"/v1/auth/{path}", content=b"a=b", headers=form)
        assert answer.status_code == 415
    for path in _FORMS:
        answer = await client.post(path, content=b"a=b", headers={"Content-Type": kind})
        assert answer.status_code == 415
        is_page(answer)


async def test_addresses_of_forms_are_relative(world: World, client: httpx.AsyncClient) -> None:
    """A proxy may have put a prefix in front of ours."""
    page: Any = await open_page(world, client)
    assert 'action="confirm"' in page.text


async def test_two_networks_that_use_up_the_mails_of_an_address_shut_nobody_out(
    world: World, client: httpx.AsyncClient, client_at: Clients
) -> None:
    """Before, meanwhile and after: the owner opens a mail that a stranger caused."""
    strangers = [client_at("198.51.100.1"), client_at("203.0.113.1")]
    theirs = {"email": EMAIL, "name": "Mallory", "password": "the password of a stranger"}

    async def flood() -> None:
        for stranger in strangers:
            for _ in range(6):
                for path, body in (("register", theirs), ("verification", {"email": EMAIL})):
                    told = await stranger.post(f"/v1/auth/{path}", json=body)
                    assert told.status_code == 202

    await flood()
    told = await client.post("/v1/auth/register", json=REGISTRATION)
    assert told.status_code == 202
    await flood()
    tokens = await links(world)
    assert len(tokens) == 8
    form = Form(await client.get("/v1/auth/verify", params={"token": tokens[0]}))
    wrong = await send(client, form, password="neither of the two")
    assert (wrong.status_code, theirs["name"] in wrong.text) == (400, False)
    assert (await send(client, form, password=PASSWORD)).status_code == 200
    signed_in = await client.post("/v1/auth/login", json=CREDENTIALS)
    me = await client.get("/v1/me", headers=bearer(signed_in.json()))
    assert me.json()["name"] == "Amina"
    for stranger in strangers:
        guess = {"email": EMAIL, "password": theirs["password"]}
        assert (await stranger.post("/v1/auth/login", json=guess)).status_code == 401
