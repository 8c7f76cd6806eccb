"""CSRF: a form, and a cookie, do something for pages of this installation alone."""

import ast
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.http.endpoints import Endpoints, open_endpoints

import skillbridge
from skillbridge.entrypoints.http.server.middleware import _FORMS
from skillbridge.settings.addresses import PublicUrl

pytestmark = [pytest.mark.row("C5"), pytest.mark.asvs("3.5.1")]

SITE = "https://learn.example.org"
FORM = "application/x-www-form-urlencoded"
COOKIE = "__Host-skillbridge-authorization"
FINISH = "/v1/auth/providers/github/finish"
OURS = [
    {},
    {"Origin": SITE},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
]
THEIRS = [
    {"Origin": "https://evil.example"},
    {"Origin": "https://learn.example.org.evil.example"},
    {"Origin": "http://learn.example.org"},
    {"Origin": "https://learn.example.org:8443"},
    {"Origin": "*"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "something new"},
    {"Sec-Fetch-Site": "cross-site", "Origin": SITE},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
]


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Endpoints]:
    async with open_endpoints(
        tmp_path, public_url=PublicUrl(SITE), default_tenant="test"
    ) as opened:
        yield opened


@pytest.mark.parametrize("path", sorted(_FORMS))
async def test_a_form_is_taken_from_a_page_of_ours_alone(served: Endpoints, path: str) -> None:
    for headers in (*OURS, {"Origin": "null"}):  # ours tell nobody where they are
        answer = await served.client.post(
            path, content="token=x", headers={"Content-Type": FORM, **headers}
        )
        assert answer.status_code != 403, headers
    for headers in THEIRS:
        answer = await served.client.post(
            path, content="token=x", headers={"Content-Type": FORM, **headers}
        )
        assert (answer.status_code, "page of another site" in answer.text) == (403, True), headers


async def test_a_cookie_counts_for_a_page_of_ours_alone(served: Endpoints) -> None:
    said = {"state": "x", "code": "y"}
    for headers in OURS:
        answer = await served.client.post(
            FINISH, json=said, headers={"Cookie": f"{COOKIE}={'x' * 43}", **headers}
        )
        assert answer.json()["type"].endswith("/unknown-provider"), "it got as far as that"
    for headers in (*THEIRS, {"Origin": "null"}):
        answer = await served.client.post(
            FINISH, json=said, headers={"Cookie": f"{COOKIE}={'x' * 43}", **headers}
        )
        assert answer.json()["type"].endswith("/other-site"), headers
    secret = {**said, "secret": "kept by a page of another origin"}
    answer = await served.client.post(FINISH, json=secret, headers=THEIRS[0])
    assert answer.json()["type"].endswith("/unknown-provider"), "what it knows it proves itself"


def test_no_other_operation_reads_a_cookie() -> None:
    """A new one asks `must_be_ours`, and is named here."""
    root = Path(skillbridge.__file__).parent / "entrypoints"
    found = {
        path.name
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "cookies"
    }
    assert found == {"identities.py", "answers.py"}, "answers.py only sets some"
