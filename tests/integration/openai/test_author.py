"""The model as author, against a server that answers well, badly, late or not at all."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.support.servers.model_server import (
    ModelServer,
    Reply,
    drawn,
    draws,
    fails,
    says,
    serving,
)
from tests.unit.roadmaps.examples import CATALOGUE, a_brief, an_outline

from skillbridge.adapters.openai.author import OpenAIAuthor
from skillbridge.adapters.openai.conversation import prompt
from skillbridge.adapters.openai.settings import OpenAISettings
from skillbridge.application.roadmaps.ports import AuthorUnavailable
from skillbridge.domain.ids import DomainId
from skillbridge.domain.resources.catalogue import UnknownDomain
from skillbridge.domain.roadmaps.outline import Outline

pytestmark = pytest.mark.row("E1", "E5")

GOOD = draws(an_outline())
HANGS = Reply(hangs=True)


class Naps:
    """Instead of sleeping: what was slept for."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@asynccontextmanager
async def an_author(
    url: str, sleep: Callable[[float], Awaitable[None]] | None = None, **changes: Any
) -> AsyncIterator[OpenAIAuthor]:
    settings = OpenAISettings(api_key="sk-test", base_url=url, model="test", **changes)
    author = OpenAIAuthor(settings, sleep=sleep or Naps())
    try:
        yield author
    finally:
        await author.close()


async def ask(model: ModelServer, **changes: Any) -> Outline:
    async with an_author(model.url, **changes) as author:
        return await author.draft(a_brief(), CATALOGUE)


async def refusal(model: ModelServer, **changes: Any) -> AuthorUnavailable:
    with pytest.raises(AuthorUnavailable) as refused:
        await ask(model, **changes)
    return refused.value


async def test_a_sound_answer_is_taken_as_it_is() -> None:
    async with serving(GOOD) as model:
        assert await ask(model) == an_outline()
    assert len(model.questions) == 1


async def test_the_question_holds_the_rules_the_offer_and_the_goal_in_this_order() -> None:
    async with serving(GOOD) as model:
        await ask(model)
    question, headers = model.questions[0], model.headers[0]
    assert headers["authorization"] == "Bearer sk-test"
    assert headers["accept-encoding"] == "identity"
    system, offer, learner = question["messages"]
    assert system == {"role": "system", "content": prompt()}
    offered = json.loads(offer["content"])["skills"]["python-basics"]["resources"]
    assert "python-tutorial" in {resource["id"] for resource in offered}
    assert json.loads(learner["content"])["learner"]["goal"] == a_brief().goal


async def test_only_offered_ids_are_possible_under_the_schema() -> None:
    async with serving(GOOD) as model:
        await ask(model)
    form = model.questions[0]["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"]["strict"] is True
    module = form["json_schema"]["schema"]["properties"]["modules"]["items"]
    assert module["required"] == list(module["properties"])
    assert module["additionalProperties"] is False
    offered = module["properties"]["resources"]["items"]["enum"]
    assert "python-tutorial" in offered
    assert "cosmic-python" not in offered, "far above a beginner"
    assert all(CATALOGUE.find(resource) is not None for resource in offered)
    assert "python-basics" in module["properties"]["skill"]["enum"]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (draws(an_outline(), resources=["made-up"]), "there is no resource 'made-up'"),
        (draws(an_outline(), summary="Go to https://evil.example now"), "without addresses"),
        (draws(an_outline(), prerequisites=["most"]), "in a circle"),
        (draws(an_outline(), minutes=10**9), "longer than 4 weeks"),
        (draws(an_outline(), minutes=90.5), "Expected `int`, got `float`"),
        (draws(an_outline(), minutes="300"), "Expected `int | float`, got `str`"),
        (draws(an_outline(), url="https://evil.example"), "unknown field `url`"),
        (says("Sure! Here is your roadmap."), "not the JSON that was asked for"),
        (says('{"title": "cut'), "not the JSON that was asked for"),
        (says("[]"), "Expected `object`, got `array`"),
    ],
)
async def test_an_unsound_answer_is_corrected_once(bad: Reply, told: str) -> None:
    naps = Naps()
    async with serving(bad, GOOD) as model:
        assert await ask(model, sleep=naps) == an_outline()
    first, second = model.questions
    assert second["messages"][: len(first["messages"])] == first["messages"]
    assert second["messages"][-2]["role"] == "assistant"
    assert told in second["messages"][-1]["content"]
    assert naps.seconds == [0]


async def test_an_answer_unsound_twice_is_given_up() -> None:
    async with serving(draws(an_outline(), resources=["made-up"])) as model:
        assert str(await refusal(model)) == "the model's roadmap was unsound"
    assert len(model.questions) == 2


async def test_complaints_are_few_even_where_flaws_are_many() -> None:
    many = json.loads(drawn(an_outline()))
    many["modules"] = [many["modules"][0] | {"weight": 0} for _ in range(40)]
    async with serving(says(json.dumps(many)), GOOD) as model:
        await ask(model)
    assert model.questions[1]["messages"][-1]["content"].count("\n- ") == 20


async def test_an_endless_answer_is_not_sent_back_whole() -> None:
    async with serving(says("x" * 200_000), GOOD) as model:
        await ask(model)
    assert len(model.questions[1]["messages"][-2]["content"]) == 40_000


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (says(drawn(an_outline()), finish="length"), "the model's answer was cut short"),
        (says(None, refusal="I cannot"), "the model declined to draw this roadmap"),
        (says(None), "the model gave no answer"),
        (says("", finish="content_filter"), "the model gave no answer"),
        (fails(400), "the model's server refused the question (400)"),
        (fails(401), "the model's server refused the question (401)"),
        (fails(403), "the model's server refused the question (403)"),
        (fails(429, "insufficient_quota"), "the model's quota is used up"),
        (Reply(body=b"x" * 600_000), "the model's answer was too big"),
        (Reply(500, b"x" * 600_000), "the model's answer was too big"),
        (
            Reply(body=GOOD.body, headers={"content-encoding": "br"}),
            "the model's answer was too big",
        ),
        (
            Reply(body=b"x" * 20, headers={"content-encoding": "gzip"}),
            "the model's answer was too big",
        ),
        (Reply(body=b"<html>It works!</html>"), "the model's server answered in no known format"),
        (Reply(body=b'{"choices": []}'), "the model's server answered in no known format"),
        (Reply(body=b'{"choices": "none"}'), "the model's server answered in no known format"),
        (
            Reply(body=b'{"choices": [{"message": {"content": 5}}]}'),
            "the model's server answered in no known format",
        ),
        (Reply(body=b"\xff\xfe"), "the model's server answered in no known format"),
    ],
)
async def test_what_another_try_cannot_mend_is_asked_once(reply: Reply, reason: str) -> None:
    async with serving(reply) as model:
        assert str(await refusal(model)) == reason
    assert len(model.questions) == 1


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (fails(429), "the model is busy"),
        (fails(500), "the model's server is in trouble"),
        (fails(503), "the model's server is in trouble"),
        (fails(408), "the model's server is in trouble"),
        (Reply(drops=True), "the model cannot be reached"),
    ],
)
async def test_what_may_pass_is_asked_three_times(reply: Reply, reason: str) -> None:
    naps = Naps()
    async with serving(reply) as model:
        assert str(await refusal(model, sleep=naps)) == reason
    assert len(model.questions) == 3
    assert len(naps.seconds) == 2
    assert all(0 <= nap <= 2 for nap in naps.seconds)


async def test_trouble_that_passes_leaves_no_trace() -> None:
    async with serving(fails(500), fails(429), GOOD) as model:
        assert await ask(model) == an_outline()
    assert len(model.questions) == 3


async def test_a_correction_is_one_of_the_three_tries() -> None:
    bad = draws(an_outline(), weight=0)
    async with serving(fails(500), bad, bad, GOOD) as model:
        assert str(await refusal(model)) == "the model's roadmap was unsound"
    assert len(model.questions) == 3


@pytest.mark.parametrize(
    ("headers", "nap"),
    [({"retry_after": "7"}, 7), ({"retry_after_ms": "1500"}, 1.5), ({"retry_after": "0"}, 0)],
)
async def test_the_server_says_how_long_to_wait(headers: dict[str, str], nap: float) -> None:
    naps = Naps()
    async with serving(fails(429, **headers), GOOD) as model:
        assert await ask(model, sleep=naps) == an_outline()
    assert naps.seconds == [nap]


@pytest.mark.parametrize("nonsense", ["soon", "-5", "nan"])
async def test_a_wait_that_makes_no_sense_is_not_heeded(nonsense: str) -> None:
    naps = Naps()
    async with serving(fails(503, retry_after=nonsense), GOOD) as model:
        assert await ask(model, sleep=naps) == an_outline()
    assert 0 <= naps.seconds[0] <= 1


@pytest.mark.parametrize(("wait", "told"), [("120", 120), ("1e300", 3600), ("inf", 3600)])
async def test_nobody_waits_longer_than_is_good(wait: str, told: int) -> None:
    async with serving(fails(429, retry_after=wait)) as model:
        refused = await refusal(model)
    assert refused.retry_after == told
    assert len(model.questions) == 1


async def test_a_server_that_hangs_is_left_after_the_time_of_a_try() -> None:
    async with serving(HANGS) as model:
        refused = await refusal(model, try_seconds=0.5)
    assert str(refused) == "the model did not answer in time"
    assert len(model.questions) == 3


async def test_the_whole_takes_no_longer_than_its_budget() -> None:
    async with serving(HANGS) as model:
        refused = await refusal(model, budget_seconds=0.2, try_seconds=5)
    assert str(refused) == "the model took too long"
    assert len(model.questions) == 1


async def test_a_server_that_is_not_there_is_told_apart() -> None:
    async with serving(GOOD) as model:
        pass
    assert str(await refusal(model)) == "the model cannot be reached"


async def test_an_unknown_domain_asks_nobody() -> None:
    async with serving(GOOD) as model, an_author(model.url) as author:
        with pytest.raises(UnknownDomain):
            await author.draft(a_brief(domain=DomainId("alchemy")), CATALOGUE)
    assert model.questions == []


async def test_many_roadmaps_share_one_connection_to_the_model() -> None:
    async with serving(GOOD) as model, an_author(model.url) as author:
        for _ in range(3):
            await author.draft(a_brief(), CATALOGUE)
    assert len(model.questions) == 3


def test_settings_do_not_show_the_key() -> None:
    assert "sk-secret" not in repr(OpenAISettings(api_key="sk-secret"))
    assert "api_key=none" in repr(OpenAISettings())
