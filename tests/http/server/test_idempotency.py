"""`Idempotency-Key`: what a client that sends a request again is answered."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.support.given.matching import learner, mentor
from tests.support.given.world import World
from tests.support.http.asking import Asking, open_asking, refused, to_json
from tests.support.http.endpoints import Endpoints

from skillbridge.domain.actor import Actor, Role
from skillbridge.entrypoints.http.server import quotas

pytestmark = pytest.mark.row("C8")

KEY, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
WISH = {"goal": "Write small tools", "domain": "python", "hours_per_week": 5}
TAKES_A_KEY = {
    "RequestRoadmap",
    "RequestMatch",
    "AcceptMatch",
    "DeclineMatch",
    "WithdrawMatch",
    "CancelMatch",
    "CompleteMatch",
    "OrderCohortRun",
    "ConfirmCohortRun",
    "DiscardCohortRun",
    "RollBackTenantSettings",
    "BeginAvatar",
}
"""Every POST of somebody who is signed in."""


@pytest.fixture
async def counted(world: World) -> AsyncIterator[Asking]:
    async with open_asking(world, counted=True) as opened:
        yield opened


def marked(answer: httpx.Response) -> bool:
    return bool(answer.headers.get(REPLAYED) == "true")


def told(answer: httpx.Response) -> tuple[int, Any, Any, Any]:
    """What of an answer is the same when it is given again."""
    heard = answer.headers
    return answer.status_code, answer.content, heard.get("location"), heard.get("retry-after")


async def roadmaps(endpoints: Endpoints, actor: Actor) -> int:
    return len((await endpoints(actor, "GET", "/v1/roadmaps")).json()["items"])


async def test_the_contract_tells_of_it_wherever_it_is_heeded(endpoints: Endpoints) -> None:
    document = (await endpoints.client.get("/openapi.json")).json()
    posts = {
        path["post"]["operationId"]: path["post"]
        for path in document["paths"].values()
        if "post" in path
    }
    takes = {
        name: one
        for name, one in posts.items()
        if any(it["name"] == KEY for it in one.get("parameters", ()))
    }
    assert takes.keys() == TAKES_A_KEY
    assert {name for name, one in posts.items() if one.get("security") != [{}]} == TAKES_A_KEY
    for one in takes.values():
        good = [answer for status, answer in one["responses"].items() if status < "300"]
        assert [REPLAYED in answer["headers"] for answer in good] == [True]
        assert REPLAYED not in str(one["responses"]["409"])


async def test_the_first_answer_is_given_again_whole_and_marked(endpoints: Endpoints) -> None:
    amina, key = await learner(endpoints.world), {KEY: str(uuid4())}
    first = await endpoints(amina, "POST", "/v1/roadmaps", json=WISH, headers=key)
    assert (first.status_code, marked(first)) == (202, False)
    await endpoints.world.settle()  # once it is drawn, the same wish is a new one
    again = await endpoints(amina, "POST", "/v1/roadmaps", json=WISH, headers=key)
    assert (told(again), marked(again)) == (told(first), True)
    assert again.headers["content-type"] == first.headers["content-type"]
    assert await roadmaps(endpoints, amina) == 1
    new = await endpoints(amina, "POST", "/v1/roadmaps", json=WISH, headers={KEY: "another"})
    assert (new.status_code, marked(new)) == (202, False)
    assert await roadmaps(endpoints, amina) == 2


async def test_the_order_of_fields_and_what_was_left_out_make_no_other_request(
    endpoints: Endpoints,
) -> None:
    amina, key = await learner(endpoints.world), {KEY: "k", "Content-Type": "application/json"}
    spelled = [
        to_json(WISH),
        to_json(dict(reversed(WISH.items()))),
        to_json({**WISH, "level": "beginner", "known": []}),
        to_json({**WISH, "hours_per_week": 5.0}),
    ]
    answers = [
        await endpoints(amina, "POST", "/v1/roadmaps", content=one, headers=key) for one in spelled
    ]
    assert [marked(one) for one in answers] == [False, True, True, True]


async def test_another_request_under_the_same_key_is_refused(endpoints: Endpoints) -> None:
    amina, key = await learner(endpoints.world), {KEY: "k"}
    await endpoints(amina, "POST", "/v1/roadmaps", json=WISH, headers=key)
    other = await endpoints(
        amina, "POST", "/v1/roadmaps", json={**WISH, "goal": "Write large tools"}, headers=key
    )
    problem = refused(other, 422)
    assert problem["type"] == "/problems/key-reused"
    assert [(one["parameter"], one["code"]) for one in problem["errors"]] == [(KEY, "key-reused")]
    assert await roadmaps(endpoints, amina) == 1


async def test_the_same_key_on_another_thing_is_another_request(endpoints: Endpoints) -> None:
    of, key = await mentor(endpoints.world), {KEY: "k"}
    asks = [await learner(endpoints.world) for _ in range(2)]
    question = {"mentor_id": str(of.user_id)}
    first, other = [
        (await endpoints(one, "POST", "/v1/matches", json=question, headers=key)) for one in asks
    ]
    assert (first.status_code, other.status_code, marked(other)) == (201, 201, False)
    withdrawn = await endpoints(
        asks[1], "POST", f"{other.headers['location']}/withdraw", headers=key
    )
    assert (withdrawn.status_code, marked(withdrawn)) == (200, False)
    accepted = await endpoints(of, "POST", f"{first.headers['location']}/accept", headers=key)
    assert (accepted.status_code, marked(accepted)) == (200, False)
    wrong = await endpoints(of, "POST", f"{other.headers['location']}/accept", headers=key)
    assert refused(wrong, 422)["type"] == "/problems/key-reused"
    again = await endpoints(of, "POST", f"{first.headers['location']}/accept", headers=key)
    assert (again.content, marked(again)) == (accepted.content, True)


async def test_what_was_refused_is_looked_at_again(endpoints: Endpoints) -> None:
    amina, key = await learner(endpoints.world), {KEY: "k"}
    unfit = await endpoints(
        amina, "POST", "/v1/roadmaps", json={**WISH, "domain": "alchemy"}, headers=key
    )
    refused(unfit, 422)
    mended = await endpoints(amina, "POST", "/v1/roadmaps", json=WISH, headers=key)
    assert (mended.status_code, marked(mended)) == (202, False)


@pytest.mark.parametrize(
    "key",
    [
        "k",
        "8e03978e-40d5-43dd-bc93-6894a57f9324",
        '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
        '"two words"',
        "k" * 255,
        '"' + "k" * 255 + '"',
    ],
)
async def test_keys_that_are_taken(endpoints: Endpoints, key: str) -> None:
    amina = await learner(endpoints.world)
    bare = key.strip('"')
    answers = [
        await endpoints(amina, "POST", "/v1/roadmaps", json=WISH, headers={KEY: one})
        for one in (key, f'"{bare}"')
    ]
    assert [(one.status_code, marked(one)) for one in answers] == [(202, False), (202, True)]


@pytest.mark.parametrize(
    "key",
    [
        "",
        '""',
        '"',
        "two words",
        'a"b',
        '"a"b"',
        "a\\b",
        "k" * 256,
        "clé",
        "a\tb",
        '"k";v=1',
        "k;v=1",
        "a,b",
    ],
)
async def test_keys_that_are_none(endpoints: Endpoints, key: str) -> None:
    amina = await learner(endpoints.world)
    raw: Any = {KEY: key.encode()}
    answer = await endpoints(amina, "POST", "/v1/roadmaps", json=WISH, headers=raw)
    problem = refused(answer, 422)
    assert problem["type"] == "/problems/bad-idempotency-key"
    assert problem["errors"][0]["parameter"] == KEY
    assert await roadmaps(endpoints, amina) == 0


async def test_two_keys_are_refused(counted: Asking) -> None:
    twice = [*counted.headers.items(), (KEY, "a"), (KEY, "b")]
    answer = await counted.client.post("/v1/roadmaps", json=WISH, headers=twice)
    problem = refused(answer, 422)
    assert (problem["type"], problem["detail"]) == (
        "/problems/bad-idempotency-key",
        "send one `Idempotency-Key`",
    )


async def test_the_contract_shows_keys_as_they_are_taken(endpoints: Endpoints) -> None:
    document = (await endpoints.client.get("/openapi.json")).json()
    asked = document["paths"]["/v1/roadmaps"]["post"]["parameters"]
    (key,) = (one for one in asked if one["name"] == KEY)
    for good in (key["example"], f'"{key["example"]}"', "k", '"two words"'):
        assert re.search(key["schema"]["pattern"], good)
    for bad in ("", "two words", "clé", "k" * 256, 'a"b'):
        assert not re.search(key["schema"]["pattern"], bad)
    conflict = document["paths"]["/v1/matches"]["post"]["responses"]["409"]["$ref"]
    told = document["components"]["responses"][conflict.rpartition("/")[2]]
    assert told["headers"]["Retry-After"]["required"] is False


async def test_an_answer_with_a_tag_keeps_it(endpoints: Endpoints) -> None:
    admin, key = await endpoints.world.person(Role.ADMIN), {KEY: "k"}
    first, again = [
        await endpoints(admin, "POST", "/v1/cohorts", json={"mode": "optimal"}, headers=key)
        for _ in range(2)
    ]
    assert (first.status_code, marked(again)) == (202, True)
    assert again.headers["etag"] == first.headers["etag"] == '"1"'
    assert told(again) == told(first)


async def test_what_is_given_again_spends_nothing(counted: Asking) -> None:
    """On both stores: a request to a mentor may be made twenty times an hour."""
    of = await mentor(counted.world)
    question = to_json({"mentor_id": str(of.user_id)})
    answers = [
        await counted("POST", "/v1/matches", question, Idempotency_Key="k")
        for _ in range(quotas.TOLD_TO_OTHERS.times * 2)
    ]
    assert [one.status_code for one in answers] == [201] * len(answers)
    assert [marked(one) for one in answers] == [False] + [True] * (len(answers) - 1)
    assert {one.content for one in answers} == {answers[0].content}


async def test_so_many_answers_are_kept_for_one_person(
    counted: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "KEPT", quotas.Quota(2, quotas.KEPT.per))
    unfit = to_json({**WISH, "domain": "alchemy"})
    for _ in range(4):
        refused(await counted("POST", "/v1/roadmaps", unfit, Idempotency_Key="unfit"), 422)
    for key in ("a", "b", "a", "b", "a", "b"):
        answer = await counted("POST", "/v1/roadmaps", to_json(WISH), Idempotency_Key=key)
        assert answer.status_code == 202
    more = await counted("POST", "/v1/roadmaps", to_json(WISH), Idempotency_Key="c")
    assert refused(more, 429)["type"] == "/problems/too-many"
    assert (await counted("POST", "/v1/roadmaps", to_json(WISH))).status_code == 202


async def test_without_a_key_nothing_is_kept(counted: Asking) -> None:
    of = await mentor(counted.world)
    question = to_json({"mentor_id": str(of.user_id)})
    first, again = [await counted("POST", "/v1/matches", question) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 409)
    assert REPLAYED not in again.headers
