"""Markdown of people: which texts are, how they are shown, and what reading one costs at most."""

import sys
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from tests.support.attacks.markup import toilsome
from tests.support.given.matching import MORNINGS, learner, mentor
from tests.support.given.world import World
from tests.support.http.asking import Asking, bearer, open_asking, to_json

import skillbridge.domain
from skillbridge.domain.actor import Role
from skillbridge.domain.text import Text
from skillbridge.entrypoints.http.server.safe_html import LONGEST, safe_html

pytestmark = pytest.mark.row("C5", "D1")

MARKDOWN = {"a bio", "a message"}
PLAIN = {"a goal", "a footer"}
"""Several lines, and yet no Markdown: a model reads them, and mails are plain."""
FIELDS = ("bio", "message")
WORKS_A_SIGN = 250
"""Calls of functions for each code point: what a text may cost at most, twice the worst that was seen."""
WRITTEN = "I *repair* [radios](https://example.org/?a=1&b=2).\nNow:\n\n1. Python\n2. <b>SQL</b>"
SHOWN = (
    '<p dir="auto">I <em>repair</em> <a href="https://example.org/?a=1&amp;b=2" rel="nofollow ugc noopener">'
    'radios</a>.<br>\nNow:</p>\n<ol dir="auto">\n<li dir="auto">Python</li>\n'
    '<li dir="auto">&lt;b&gt;SQL&lt;/b&gt;</li>\n</ol>'
)


@pytest.fixture
async def ask(world: World) -> AsyncIterator[Asking]:
    async with open_asking(world) as opened:
        yield opened


def rules() -> Iterator[Text]:
    for module in walk_packages(skillbridge.domain.__path__, "skillbridge.domain."):
        yield from (it for it in vars(import_module(module.name)).values() if isinstance(it, Text))


def test_every_text_of_several_lines_says_whether_it_is_markdown() -> None:
    found = {rule.what: rule for rule in rules()}
    assert {what for what, rule in found.items() if rule.markdown} == MARKDOWN
    assert {what for what, rule in found.items() if rule.lines} == MARKDOWN | PLAIN
    assert all(rule.most <= LONGEST for rule in found.values() if rule.markdown)


def test_whoever_is_shown_markdown_may_ask_for_html(ask: Asking) -> None:
    """By the contract: beside each such text of an answer its HTML, and `html` of the operation."""
    contract = ask.app.state.contract.document
    shown = set()
    for methods in contract["paths"].values():
        for operation in methods.values():
            good = [it for status, it in operation["responses"].items() if status < "3"]
            kinds = [kind["schema"] for one in good for kind in one.get("content", {}).values()]
            properties = {name for kind in kinds for name in named(contract, kind)}
            for field in properties & set(FIELDS):
                shown.add(operation["operationId"])
                assert f"{field}_html" in properties, operation["operationId"]
                asked = {one["name"]: one["schema"] for one in operation["parameters"]}
                assert asked["html"]["type"] == "boolean"
    assert len(shown) >= 8, shown


def named(contract: Any, schema: Any) -> set[str]:
    if ref := schema.get("$ref"):
        schema = contract["components"]["schemas"][ref.rpartition("/")[2]]
    found = set(schema.get("properties", ()))
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    for one in (*inner, *([schema["items"]] if "items" in schema else ())):
        found |= named(contract, one)
    return found


@pytest.mark.asvs("1.3.1", "1.3.5")
async def test_a_text_is_kept_as_it_was_written_and_shown_as_safe_html_when_asked(
    ask: Asking,
) -> None:
    changed = await ask("PATCH", "/v1/me?html=true", to_json({"bio": WRITTEN}))
    assert (changed.json()["bio"], changed.json()["bio_html"]) == (WRITTEN, SHOWN)
    read = (await ask("GET", "/v1/me?html=true")).json()
    assert (read["bio"], read["bio_html"]) == (WRITTEN, SHOWN)
    assert "bio_html" not in (await ask("GET", "/v1/me")).json(), "bytes that nobody asked for"
    shown = '<p dir="auto">&amp;amp; &amp;#x202E;x</p>'
    assert safe_html("&amp; &#x202E;x") == shown, "no entity becomes a sign that the text had not"


async def test_others_see_a_bio_and_a_message_as_safe_html_too(ask: Asking) -> None:
    teacher = await mentor(ask.world, bio=WRITTEN, skills={"sql": 5}, availability=MORNINGS)
    shown = (await ask("GET", f"/v1/mentors/{teacher.user_id}?html=true")).json()
    assert shown["bio_html"] == SHOWN
    listed = (await ask("GET", "/v1/mentors?html=true&limit=100")).json()["items"]
    assert SHOWN in [one["bio_html"] for one in listed]
    asks = await learner(ask.world)
    ask.headers = await bearer(ask.world, frozenset(Role), asks.user_id)
    found = (await ask("GET", "/v1/mentors/suggestions?skills=sql&html=true")).json()["items"]
    assert SHOWN in [one["mentor"]["bio_html"] for one in found]
    asked = await ask(
        "POST", "/v1/matches", to_json({"mentor_id": str(teacher.user_id), "message": WRITTEN})
    )
    assert asked.status_code == 201
    ask.headers = await bearer(ask.world, frozenset(Role), teacher.user_id)
    for answer in (
        (await ask("GET", f"/v1/matches/{asked.json()['id']}?html=true")).json(),
        (await ask("GET", "/v1/matches?html=true")).json()["items"][0],
    ):
        assert (answer["message"], answer["message_html"]) == (WRITTEN, SHOWN)


@pytest.mark.parametrize("piece", toilsome(1))
def test_no_markdown_costs_more_than_it_is_long(piece: str) -> None:
    short, long = (calls_of(toilsome(length)[piece]) for length in (LONGEST // 4, LONGEST))
    assert long <= WORKS_A_SIGN * LONGEST
    assert long <= 4 * 1.7 * short + 5_000, "more than in proportion"


def calls_of(text: str) -> int:
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        safe_html(text)
    finally:
        sys.setprofile(before)
    return calls
