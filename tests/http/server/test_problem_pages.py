"""The `type` of every problem leads to a page that explains it."""

import re
from html.parser import HTMLParser
from inspect import getdoc
from typing import Any
from uuid import uuid4

import pytest
from tests.support.http.endpoints import Endpoints
from tools.docs.code import modules, subclasses

from skillbridge.application.ports.access_tokens import MissingScope
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints.http.server.explanations import explanations
from skillbridge.entrypoints.http.server.faults.fault import slug_of
from skillbridge.entrypoints.http.server.problems import GENERAL, status_of

pytestmark = pytest.mark.row("K1")
MADE_WITH: dict[type[SkillBridgeError], tuple[Any, ...]] = {
    MissingScope: ("cohorts:read", ("roadmaps:read",), "make another")
}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Outline(HTMLParser):
    """What a screen reader asks a page first: its language, title, landmarks and headings."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.language: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "html":
            self.language = dict(attrs)["lang"]


async def test_every_problem_that_can_leave_is_explained(endpoints: Endpoints) -> None:
    for _ in modules():
        pass  # an error class exists once its module is imported
    slugs = {slug_of(kind) for kind in subclasses(SkillBridgeError)} | GENERAL.keys()
    assert slugs == explanations().keys()
    for slug in slugs:
        answer = await endpoints.client.get(f"/problems/{slug}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        explained = answer.json()
        assert explained["type"] == f"/problems/{slug}"
        assert len(explained["explanation"]) > 10


async def test_all_of_them_are_listed(endpoints: Endpoints) -> None:
    answer = await endpoints.client.get("/problems")
    assert [one["title"] for one in answer.json()] == sorted(
        one.title for one in explanations().values()
    )
    page = await endpoints.client.get("/problems", headers={"Accept": BROWSER})
    assert page.headers["content-type"].startswith("text/html")
    links = re.findall(r'href="(/problems/[a-z-]+)"', page.text)
    assert sorted(links) == sorted(f"/problems/{slug}" for slug in explanations())
    one = await endpoints.client.get(links[0], headers={"Accept": BROWSER})
    assert one.status_code == 200


async def test_its_words_are_those_of_the_class() -> None:
    explained = explanations()["bad-cursor"]
    assert explained.status == 422
    assert explained.title == "Bad cursor"
    assert explained.explanation == "The cursor is none that a page of this list has told."


def test_a_member_that_a_page_promises_is_in_the_problem() -> None:
    """What stands in backticks is a member of the problem, a parameter, a header or a command."""
    for _ in modules():
        pass
    named = set()
    for kind in subclasses(SkillBridgeError):
        words = re.findall(r"`(\w+)`", getdoc(kind) or "")
        if members := set(words) - {"errors"}:
            error = kind(*MADE_WITH.get(kind, (uuid4(),)))
            assert members <= error.members.keys(), kind
            named |= members
    assert named == {"match_id", "challenge", "second_factor", "scope_needed", "scopes_held"}


async def test_a_browser_gets_a_page_that_everyone_can_read(endpoints: Endpoints) -> None:
    answer = await endpoints.client.get("/problems/stale-write", headers={"Accept": BROWSER})
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["vary"].startswith("Accept")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert "script" not in answer.text
    page = Outline()
    page.feed(answer.text)
    assert page.language == "en"
    assert [page.tags.count(tag) for tag in ("title", "main", "h1")] == [1, 1, 1]
    assert "<h1>Stale write</h1><p>Someone else saved this first.</p>" in answer.text
    assert "<p>HTTP status 409.</p>" in answer.text


@pytest.mark.parametrize("accept", ["*/*", "application/problem+json", "nonsense", ""])
async def test_everyone_else_gets_json(endpoints: Endpoints, accept: str) -> None:
    answer = await endpoints.client.get("/problems/stale-write", headers={"Accept": accept})
    assert answer.json()["status"] == 409


async def test_a_name_that_was_made_up_is_a_problem_that_leads_somewhere(
    endpoints: Endpoints,
) -> None:
    answer = await endpoints.client.get("/problems/no-coffee")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-problem")
    assert (await endpoints.client.get(answer.json()["type"])).status_code == 200


def test_what_nobody_expected_is_a_500() -> None:
    assert status_of(ZeroDivisionError) == 500
