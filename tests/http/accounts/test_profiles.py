"""A profile is replaced as a whole, or changed in parts; nothing is wiped by leaving it out."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.support.given.world import World
from tests.support.http.asking import Asking, bearer, open_asking, refused, to_json

pytestmark = pytest.mark.row("D1")

WHOLE = {
    "name": "Amina Bello",
    "bio": "Learns at night.",
    "country": "NG",
    "time_zone": "Africa/Lagos",
    "languages": ["en", "yo"],
    "skills": {"python": 3, "sql": 2},
    "availability": [{"weekday": 0, "start": 1200, "end": 1320}],
}
MERGE = {"Content_Type": "application/merge-patch+json"}


@pytest.fixture
async def ask(world: World) -> AsyncIterator[Asking]:
    async with open_asking(world) as opened:
        assert (await opened("PUT", "/v1/me", to_json(WHOLE))).status_code == 200
        yield opened


async def profile(ask: Asking) -> dict[str, Any]:
    shown = (await ask("GET", "/v1/me")).json()
    return {name: shown[name] for name in WHOLE}


@pytest.mark.parametrize(("method", "said"), [("GET", {}), ("PUT", WHOLE), ("PATCH", {})])
async def test_who_has_an_access_token_and_no_account_any_more_has_no_profile(
    ask: Asking, method: str, said: dict[str, Any]
) -> None:
    ask.headers = await bearer(ask.world, ask.actor.roles)
    body = None if method == "GET" else to_json(said)
    told = refused(await ask(method, "/v1/me", body), 404)
    assert told["type"] == "/problems/unknown-profile"


@pytest.mark.parametrize("left_out", WHOLE)
async def test_a_whole_profile_leaves_nothing_out(ask: Asking, left_out: str) -> None:
    part = {name: value for name, value in WHOLE.items() if name != left_out}
    told = refused(await ask("PUT", "/v1/me", to_json(part)), 400)
    assert [(one["pointer"], one["code"]) for one in told["errors"]] == [
        (f"#/{left_out}", "missing")
    ]
    assert await profile(ask) == WHOLE


@pytest.mark.parametrize("field", ["headline", "capacity", "experience_years", "accepting"])
async def test_a_whole_offer_leaves_nothing_out(ask: Asking, field: str) -> None:
    offer = {"headline": "SQL", "capacity": 2, "experience_years": 3, "accepting": False}
    assert (await ask("PUT", "/v1/me/mentor", to_json(offer))).status_code == 200
    del offer[field]
    refused(await ask("PUT", "/v1/me/mentor", to_json(offer)), 400)
    assert (await ask("GET", "/v1/me/mentor")).json()["accepting"] is False


@pytest.mark.row("K6")
@pytest.mark.parametrize(
    ("patch", "after"),
    [
        ({}, {}),
        ({"name": "Chidi"}, {"name": "Chidi"}),
        ({"country": None}, {"country": None}),
        ({"skills": {"rust": 1}}, {"skills": {"python": 3, "sql": 2, "rust": 1}}),
        ({"skills": {"python": None}}, {"skills": {"sql": 2}}),
        ({"skills": {"go": None}}, {}),
        ({"languages": ["fr"], "bio": ""}, {"languages": ["fr"], "bio": ""}),
        ({"availability": []}, {"availability": []}),
    ],
)
@pytest.mark.parametrize("headers", [MERGE, {}])
async def test_a_patch_changes_what_it_names_and_nothing_else(
    ask: Asking, patch: dict[str, Any], after: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = await ask("PATCH", "/v1/me", to_json(patch), **headers)
    assert answer.status_code == 200
    assert await profile(ask) == {**WHOLE, **after}
    assert answer.headers["etag"] == (await ask("GET", "/v1/me")).headers["etag"]


@pytest.mark.row("K6")
@pytest.mark.asvs("15.3.3")
@pytest.mark.parametrize(
    "patch",
    [
        {"name": None},
        {"languages": None},
        {"skills": None},
        {"email": "other@example.org"},
        {"skills": {"python": 6}},
        {"skills": {f"skill-{n}": 1 for n in range(49)}},
        {"name": "Chidi", "availability": [{"weekday": 1, "start": 9, "end": 9}]},
        [],
        [{"op": "remove", "path": "/name"}],
    ],
)
async def test_a_patch_that_does_not_fit_changes_nothing(ask: Asking, patch: Any) -> None:
    refused(await ask("PATCH", "/v1/me", to_json(patch), **MERGE), 400, 422)
    assert await profile(ask) == WHOLE


@pytest.mark.row("K6")
async def test_only_a_patch_comes_as_a_merge_patch(ask: Asking) -> None:
    refused(await ask("PUT", "/v1/me", to_json(WHOLE), **MERGE), 415)
    other = {"Content_Type": "application/json-patch+json"}
    refused(await ask("PATCH", "/v1/me", to_json({}), **other), 415)


async def test_a_patch_heeds_the_version_that_was_seen(ask: Asking) -> None:
    seen = (await ask("GET", "/v1/me")).headers["etag"]
    assert (await ask("PATCH", "/v1/me", b'{"bio": "a"}', If_Match=seen)).status_code == 200
    stale = await ask("PATCH", "/v1/me", b'{"bio": "b"}', If_Match=seen)
    assert refused(stale)["type"] == "/problems/changed-since-seen"


async def test_patches_at_the_same_moment_all_count(ask: Asking) -> None:
    bodies = [to_json({"skills": {f"skill-{n}": 1}}) for n in range(8)]
    answers = await asyncio.gather(*(ask("PATCH", "/v1/me", body) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    made = {f"skill-{n}": 1 for n in range(8)}
    assert (await profile(ask))["skills"] == {"python": 3, "sql": 2, **made}
