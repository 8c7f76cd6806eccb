"""The endpoints of cohorts: words, codes and headers."""

import json
from typing import Any
from uuid import uuid4

import pytest
from tests.support.given.cohorts import a_guide, a_seeker, an_operator
from tests.support.http.endpoints import Endpoints

pytestmark = pytest.mark.row("G2", "K1")

ORDER = {"mode": "optimal"}
WEIGHTS = {
    "skill": 5_000,
    "availability": 1_000,
    "language": 1_000,
    "location": 1_000,
    "rating": 1_000,
    "free": 700,
    "experience": 300,
}


async def test_a_cohort_from_the_order_to_the_requests(endpoints: Endpoints) -> None:
    boss, guide = await an_operator(endpoints.world), await a_guide(endpoints.world, capacity=1)
    for _ in range(2):
        await a_seeker(endpoints.world)
    asked = await endpoints(
        boss, "POST", "/v1/cohorts", json={"mode": "greedy", "weights": WEIGHTS}
    )
    assert (asked.status_code, asked.headers["retry-after"]) == (202, "1"), asked.text
    run = f"/v1/cohorts/{asked.json()['id']}"
    assert asked.headers["location"] == f"{run}/progress"
    waiting = (await endpoints(boss, "GET", f"{run}/progress")).json()
    assert (waiting["status"], waiting["stage"], waiting["percent"]) == ("queued", "waiting", 0)
    again = await endpoints(
        boss, "POST", "/v1/cohorts", json={"mode": "greedy", "weights": WEIGHTS}
    )
    assert again.json() == asked.json()
    await endpoints.world.settle()

    seen = await endpoints(boss, "GET", run)
    found = seen.json()
    assert (found["status"], found["weights"]) == ("proposed", WEIGHTS)
    assert (found["outcome"]["placed"], found["outcome"]["without_place"]) == (1, 1)
    assert found["outcome"]["fairness"]["by_language"] == [
        {"key": "en", "learners": 2, "unassigned": 1}
    ]
    same = await endpoints(boss, "GET", run, headers={"If-None-Match": seen.headers["etag"]})
    assert same.status_code == 304
    first = (await endpoints(boss, "GET", f"{run}/placements?limit=1")).json()
    rest = (await endpoints(boss, "GET", f"{run}/placements?after={first['next']}")).json()
    assert rest["next"] is None
    rows = first["items"] + rest["items"]
    assert sorted(row["state"] for row in rows) == ["proposed", "unplaced"]
    assert all(row["reasons"] for row in rows)
    unplaced = (await endpoints(boss, "GET", f"{run}/placements?state=unplaced")).json()["items"]
    assert [row["because"] for row in unplaced] == ["without_place"]

    stale = await endpoints(boss, "POST", f"{run}/confirm", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed-since-seen")
    confirm = {"If-Match": seen.headers["etag"]}
    confirmed = await endpoints(boss, "POST", f"{run}/confirm", headers=confirm)
    assert (confirmed.status_code, confirmed.json()["status"]) == (202, "confirmed")
    await endpoints.world.settle()
    ended = (await endpoints(boss, "GET", run)).json()
    assert (ended["status"], ended["applied"], ended["skipped"]) == ("applied", 1, 0)
    matches = (await endpoints(guide, "GET", "/v1/matches?side=mentor")).json()["items"]
    assert [match["status"] for match in matches] == ["requested"]


async def test_a_run_is_followed_by_events(endpoints: Endpoints) -> None:
    boss = await an_operator(endpoints.world)
    await a_seeker(endpoints.world)
    asked = await endpoints(boss, "POST", "/v1/cohorts", json=ORDER)
    await endpoints.world.settle()
    stream = await endpoints(boss, "GET", f"{asked.headers['location']}/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    told = [json.loads(line[6:]) for line in stream.text.splitlines() if line.startswith("data: ")]
    assert told.pop() == {"reason": "finished"}
    assert told[-1]["status"] == "proposed"
    assert "event: progress" in stream.text


async def test_a_run_is_discarded(endpoints: Endpoints) -> None:
    boss = await an_operator(endpoints.world)
    run = f"/v1/cohorts/{(await endpoints(boss, 'POST', '/v1/cohorts', json=ORDER)).json()['id']}"
    stale = await endpoints(boss, "POST", f"{run}/discard", headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed-since-seen")
    seen = await endpoints(boss, "GET", run)
    assert seen.json()["status"] == "queued", "nothing came of it"
    seen_tag = {"If-Match": seen.headers["etag"]}
    discarded = await endpoints(boss, "POST", f"{run}/discard", headers=seen_tag)
    assert (discarded.status_code, discarded.json()["status"]) == (200, "discarded")
    refused = await endpoints(boss, "POST", f"{run}/confirm")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/illegal-move")
    listed = (await endpoints(boss, "GET", "/v1/cohorts")).json()
    assert [one["status"] for one in listed["items"]] == ["discarded"]


async def test_a_learner_has_not_the_scope(endpoints: Endpoints) -> None:
    boss, seeker = await an_operator(endpoints.world), await a_seeker(endpoints.world)
    run = f"/v1/cohorts/{(await endpoints(boss, 'POST', '/v1/cohorts', json=ORDER)).json()['id']}"
    for method, path in (
        ("POST", "/v1/cohorts"),
        ("GET", "/v1/cohorts"),
        ("GET", run),
        ("GET", f"{run}/progress"),
        ("GET", f"{run}/progress/events"),
        ("GET", f"{run}/placements"),
        ("POST", f"{run}/confirm"),
        ("POST", f"{run}/discard"),
    ):
        refused = await endpoints(seeker, method, path)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/missing-scope")
    unknown = await endpoints(boss, "GET", f"/v1/cohorts/{uuid4()}")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/unknown-cohort")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"k": 0}, 400),
        ({"k": 101}, 400),
        ({"gap_ppm": -1}, 400),
        ({"mode": "magic"}, 400),
        ({"deadline_ms": 120_001}, 400),
        ({"learners": []}, 400),
        ({"surprise": 1}, 400),
        ({"weights": {**WEIGHTS, "skill": 4_999}}, 422),
        ({"learners": ["00000000-0000-4000-8000-000000000001"] * 2}, 422),
    ],
)
async def test_an_order_out_of_bounds_is_refused(
    endpoints: Endpoints, body: dict[str, Any], status: int
) -> None:
    boss = await an_operator(endpoints.world)
    refused = await endpoints(boss, "POST", "/v1/cohorts", json={**ORDER, **body})
    assert refused.status_code == status, refused.text
    assert refused.json()["errors"]
