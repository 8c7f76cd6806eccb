"""Servers that speak the chat-completions contract in their own way: a roadmap is drawn by each."""

import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs
from tests.support.given.world import World
from tests.support.servers.model_server import (
    ModelServer,
    Question,
    Reply,
    drawn,
    fails,
    says,
    serving,
)
from tests.unit.roadmaps.examples import CATALOGUE, a_brief, a_module, an_outline

from skillbridge.adapters.memory.store import Store
from skillbridge.adapters.openai.author import OpenAIAuthor
from skillbridge.adapters.openai.refusal import LONGEST
from skillbridge.adapters.openai.settings import OpenAISettings
from skillbridge.application.roadmaps.drafting import RequestRoadmap
from skillbridge.application.roadmaps.ports import AuthorUnavailable, RoadmapReads
from skillbridge.domain.ids import ModuleId, TenantId
from skillbridge.domain.roadmaps.roadmap import Author
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.server.inject import HttpProvider
from skillbridge.entrypoints.wiring import memory
from skillbridge.settings import Settings
from skillbridge.settings.addresses import HttpUrl
from skillbridge.settings.values import ApiKey

pytestmark = pytest.mark.row("E1", "E5")

KEY = "sk-test"
TEXT = drawn(an_outline())
GOOD = says(TEXT)
Server = Callable[[Question], Reply]


def refused(status: int, words: Any) -> Reply:
    return Reply(status, json.dumps({"error": {"message": words, "code": None}}).encode())


def of_yesterday(question: Question) -> Reply:
    if "max_completion_tokens" in question.body:
        return refused(400, "Unrecognized request argument supplied: max_completion_tokens")
    return GOOD


def without_schemas(question: Question) -> Reply:
    if question.form == "json_schema":
        return refused(400, "This response_format type is unavailable now")
    assert '"additionalProperties": false' in question.told, "so it is said in words"
    return GOOD


def strict(question: Question) -> Reply:
    """As a server by FastAPI: knows none of them, and tells one at a time."""
    for name in ("max_completion_tokens", "max_tokens", "response_format"):
        if name in question.body:
            detail = [{"loc": ["body", name], "msg": "Extra inputs are not permitted"}]
            return Reply(422, json.dumps({"detail": detail}).encode())
    return GOOD


def smiling(question: Question) -> Reply:
    """Says 200 and means 400."""
    if question.form == "json_schema":
        told = {"error": {"message": "json_schema is not supported", "code": 400}, "choices": None}
        return Reply(body=json.dumps(told).encode())
    return GOOD


def changing_its_mind() -> Server:
    """Takes the one name for a while, and from then on the other only."""
    asked: list[Question] = []

    def answer(question: Question) -> Reply:
        asked.append(question)
        wants = "max_tokens" if len(asked) < 4 else "max_completion_tokens"
        if wants in question.body:
            return GOOD
        other = ({"max_tokens", "max_completion_tokens"} - {wants}).pop()
        return refused(400, f"Unsupported parameter: '{other}'. Use '{wants}' instead.")

    return answer


def busy_until(question: Question) -> Reply:
    if question.number > 1:
        return GOOD
    dates = {
        "retry_after": "Wed, 21 Oct 2026 07:28:01 GMT",
        "date": "Wed, 21 Oct 2026 07:28:00 GMT",
    }
    return fails(429, **dates)


def at_azure(question: Question) -> Reply:
    asked = "/openai/deployments/mine/chat/completions?api-version=2024-10-21"
    proved = question.headers.get("api-key") == KEY and "authorization" not in question.headers
    return GOOD if question.path == asked and proved else fails(401)


def at_the_usual_place(question: Question) -> Reply:
    return GOOD if question.path == "/v1/chat/completions" else fails(404)


def local(question: Question) -> Reply:
    return fails(401) if "authorization" in question.headers else GOOD


def in_parts(_: Question) -> Reply:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
        {"type": "text", "text": TEXT[:50]},
        {"type": "text", "text": TEXT[50:]},
    ]
    return replace(
        GOOD, body=GOOD.body.replace(json.dumps(TEXT).encode(), json.dumps(parts).encode())
    )


def always(reply: Reply) -> Server:
    return lambda _: reply


FLOATS = TEXT.replace('"minutes": 300', '"minutes": 300.0').replace('"weight": 5', '"weight": 5.0')
SERVERS: dict[str, tuple[Server, int]] = {
    "an older contract": (of_yesterday, 2),
    "no schemas": (without_schemas, 2),
    "nothing that it does not know": (strict, 5),
    "a good status for an error": (smiling, 2),
    "another mind after a while": (changing_its_mind(), 2),
    "fences": (always(says(f"```json\n{TEXT}\n```")), 1),
    "fences and words": (always(says(f"Sure!\n```\n{TEXT}\n```\nGood luck!")), 1),
    "thoughts": (always(says(f"<think>\nA {{draft}}?\n</think>\n\n{TEXT}")), 1),
    "thoughts without a beginning": (always(says(f"Well {{}}.\n</think>{TEXT}")), 1),
    "floats": (always(says(FLOATS)), 1),
    "parts": (in_parts, 1),
    "a byte order mark": (always(replace(GOOD, body=b"\xef\xbb\xbf" + GOOD.body)), 1),
    "a byte order mark in the answer": (always(says(f"\ufeff{TEXT}")), 1),
    "gzip": (
        always(Reply(body=gzip.compress(GOOD.body), headers={"content-encoding": "gzip"})),
        1,
    ),
    "an empty refusal": (always(says(TEXT, refusal="")), 1),
    "a date to wait for": (busy_until, 2),
}
"""Each with the questions that the first roadmap takes."""
ADDRESSES: dict[str, tuple[Server, str, str]] = {
    "no key": (local, "", "/v1"),
    "a slash at the end": (at_the_usual_place, KEY, "/v1/"),
    "the whole path": (at_the_usual_place, KEY, "/v1/chat/completions"),
    "no path": (at_the_usual_place, KEY, ""),
    "Azure": (at_azure, KEY, "/openai/deployments/mine/?api-version=2024-10-21"),
    "Azure, whole": (
        at_azure,
        KEY,
        "/openai/deployments/mine/chat/completions?api-version=2024-10-21",
    ),
}


@asynccontextmanager
async def a_world(home: Path, url: str, key: str = KEY) -> AsyncIterator[World]:
    store, tenant_id = Store(), TenantId(uuid4())
    store.tenants["test"] = tenant_id
    settings = a_setting(home, url, key)
    container = wiring.make_container(
        *memory.providers(store), *wiring.outside(settings), HttpProvider()
    )
    yield World("memory", tenant_id, container, container)
    await container.close()


def a_setting(home: Path, url: str, key: str) -> Settings:
    return Settings(env="test", home=home, openai_api_key=ApiKey(key), openai_base_url=HttpUrl(url))


async def drawn_in(world: World) -> Author | None:
    """The story's roadmap: asked for by a learner, drawn by the worker."""
    learner = await world.learner()
    asked = await world.do(RequestRoadmap, learner, a_brief())
    await world.settle()
    view = await world.ask(RoadmapReads, "one", learner, asked.roadmap_id)
    assert view.author is not Author.MODEL or view.title == an_outline().title
    author: Author | None = view.author
    return author


@pytest.mark.parametrize("name", SERVERS)
async def test_a_roadmap_is_drawn_by_a_server_with(name: str, tmp_path: Path) -> None:
    server, questions = SERVERS[name]
    async with serving(server) as model, a_world(tmp_path, model.url) as world:
        assert await drawn_in(world) is Author.MODEL
        assert len(model.questions) == questions
        assert await drawn_in(world) is Author.MODEL
        assert len(model.questions) == questions + 1, "how to ask is remembered"


@pytest.mark.parametrize("name", ADDRESSES)
async def test_a_server_is_found_by_an_address_with(name: str, tmp_path: Path) -> None:
    server, key, path = ADDRESSES[name]
    async with serving(server) as model:
        root = model.url.removesuffix("/v1")
        async with a_world(tmp_path, root + path, key) as world:
            assert await drawn_in(world) is Author.MODEL


@asynccontextmanager
async def asking(model: ModelServer, **changes: Any) -> AsyncIterator[OpenAIAuthor]:
    settings = OpenAISettings(**{"api_key": KEY, "base_url": model.url, "model": "test", **changes})
    author = OpenAIAuthor(settings)
    try:
        yield author
    finally:
        await author.close()


async def test_a_server_that_changes_its_mind_is_followed() -> None:
    async with serving(changing_its_mind()) as model, asking(model) as author:
        for _ in range(4):
            assert await author.draft(a_brief(), CATALOGUE) == an_outline()
    limits = [
        name
        for question in model.questions
        for name in ("max_completion_tokens", "max_tokens")
        if name in question
    ]
    assert limits == [
        "max_completion_tokens", "max_tokens", "max_tokens",  # refused, adapted, remembered
        "max_tokens", "max_completion_tokens", "max_completion_tokens",  # and back again
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("sk-\u200btest", None),
        ("sk-\ud800", None),
        ("sk-a\nb", None),
        (KEY, "http://[bad/v1"),
        (KEY, "::"),
        (KEY, "ftp://127.0.0.1/v1"),
        (KEY, "http://127.0.0.1:99999/v1"),
        (KEY, "http://\ud800/v1"),
    ],
)
async def test_whatever_cannot_be_asked_ends_at_once(key: str, url: str | None) -> None:
    async with serving(GOOD) as model:
        changes = {"api_key": key, **({"base_url": url} if url else {})}
        async with asking(model, **changes) as author:
            with capture_logs() as told, pytest.raises(AuthorUnavailable):
                await author.draft(a_brief(), CATALOGUE)
    assert model.questions == []
    assert [line["log_level"] for line in told if line["event"].startswith("model.")]


async def test_the_servers_own_words_are_in_the_log_and_the_key_is_not() -> None:
    words = f"Model 'test' does not exist, {KEY}!\n\x1b[31m" + "x" * 10_000
    async with serving(refused(404, words)) as model, asking(model) as author:
        with capture_logs() as told, pytest.raises(AuthorUnavailable, match=r"\(404\)"):
            await author.draft(a_brief(), CATALOGUE)
    (line,) = [line for line in told if line["event"] == "model.refused"]
    assert line["words"].startswith("Model 'test' does not exist, ***! [31mxxx")
    assert len(line["words"]) == LONGEST
    assert KEY not in str(told)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ({"message": "slow down", "code": 429}, "the model is busy"),
        ({"message": "upstream died", "code": 502}, "the model's server is in trouble"),
        ("model not found", "the model's server refused the question (400)"),
    ],
)
async def test_an_error_in_a_good_answer_is_an_error(error: Any, reason: str) -> None:
    reply = Reply(body=json.dumps({"error": error}).encode())
    async with serving(reply) as model, asking(model, tries=1) as author:
        with pytest.raises(AuthorUnavailable) as refusal:
            await author.draft(a_brief(), CATALOGUE)
    assert str(refusal.value) == reason


async def test_a_small_answer_that_unpacks_into_much_is_left() -> None:
    bomb = gzip.compress(b"x" * 50_000_000)
    assert len(bomb) < 100_000
    reply = Reply(body=bomb, headers={"content-encoding": "gzip"})
    async with serving(reply) as model, asking(model) as author:
        with pytest.raises(AuthorUnavailable, match="too big"):
            await author.draft(a_brief(), CATALOGUE)


FRENCH = "Devenir analyste de données et écrire mes outils"
IN_FRENCH = an_outline(
    *(
        a_module(
            name,
            title=f"Python, les bases {name}",
            summary="Vous apprenez à écrire un premier programme pour votre travail.",
            prerequisites=(ModuleId("basics"),) if name != "basics" else (),
        )
        for name in ("basics", "more", "most")
    )
)


async def test_a_goal_in_french_gets_a_roadmap_in_french() -> None:
    french = replace(IN_FRENCH, title="Python pour vos outils")
    async with serving(GOOD, says(drawn(french))) as model, asking(model) as author:
        assert await author.draft(a_brief(goal=FRENCH), CATALOGUE) == french
    first, second = model.questions
    assert json.loads(first["messages"][-1]["content"])["learner"]["language"] == "fr"
    assert "must be in the goal's language: fr" in second["messages"][-1]["content"]


async def test_an_answer_twice_in_another_language_is_given_up() -> None:
    async with serving(GOOD) as model, asking(model) as author:
        with pytest.raises(AuthorUnavailable, match="in another language than the goal"):
            await author.draft(a_brief(goal=FRENCH), CATALOGUE)
    assert len(model.questions) == 2
