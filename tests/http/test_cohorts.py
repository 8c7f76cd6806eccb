"""The doors of cohorts: words, codes and headers."""

import json
from typing import Any
from uuid import uuid4

import pytest
from tests.doors import Doors
from tests.given_cohorts import a_guide, a_seeker, an_operator

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


async def test_a_cohort_from_the_order_to_the_requests(doors: Doors) -> None:
    boss, guide = await an_operator(doors.world), await a_guide(doors.world, capacity=1)
    for _ in range(2):
        await a_seeker(doors.world)
    asked = await doors(boss, "POST", "/v1/cohorts", json={"mode": "greedy", "weights": WEIGHTS})
    assert (asked.status_code, asked.headers["retry-after"]) == (202, "1"), asked.text
    run = f"/v1/cohorts/{asked.json()['id']}"
    assert asked.headers["location"] == f"{run}/progress"
    waiting = (await doors(boss, "GET", f"{run}/progress")).json()
    assert (waiting["status"], waiting["stage"], waiting["percent"]) == ("queued", "waiting", 0)
    again = await doors(boss, "POST", "/v1/cohorts", json={"mode": "greedy", "weights": WEIGHTS})
    assert again.json() == asked.json()
    await doors.world.settle()

    seen = await doors(boss, "GET", run)
    found = seen.json()
    assert (found["status"], found["weights"]) == ("proposed", WEIGHTS)
    assert (found["outcome"]["placed"], found["outcome"]["without_place"]) == (1, 1)
    assert found["outcome"]["fairness"]["by_language"] == [
        {"key": "en", "learners": 2, "unassigned": 1}
    ]
    same = await doors(boss, "GET", run, headers={"If-None-Match": seen.headers["etag"]})
    assert same.status_code == 304
    first = (await doors(boss, "GET", f"{run}/placements?limit=1")).json()
    rest = (await doors(boss, "GET", f"{run}/placements?after={first['next']}")).json()
    assert rest["next"] is None
    rows = first["items"] + rest["items"]
    assert sorted(row["state"] for row in rows) == ["proposed", "unplaced"]
    assert all(row["reasons"] for row in rows)
    unplaced = (await doors(boss, "GET", f"{run}/placements?state=unplaced")).json()["items"]
    assert [row["because"] for row in unplaced] == ["without_place"]

    stale = await doors(boss, "POST", f"{run}/confirm", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed-since-seen")
    confirm = {"If-Match": seen.headers["etag"]}
    confirmed = await doors(boss, "POST", f"{run}/confirm", headers=confirm)
    assert (confirmed.status_code, confirmed.json()["status"]) == (202, "confirmed")
    await doors.world.settle()
    ended = (await doors(boss, "GET", run)).json()
    assert (ended["status"], ended["applied"], ended["skipped"]) == ("applied", 1, 0)
    matches = (await doors(guide, "GET", "/v1/matches?side=mentor")).json()["items"]
    assert [match["status"] for match in matches] == ["requested"]


async def test_a_run_is_followed_by_events(doors: Doors) -> None:
    boss = await an_operator(doors.world)
    await a_seeker(doors.world)
    asked = await doors(boss, "POST", "/v1/cohorts", json=ORDER)
    await doors.world.settle()
    stream = await doors(boss, "GET", f"{asked.headers['location']}/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    told = [json.loads(line[6:]) for line in stream.text.splitlines() if line.startswith("data: ")]
    assert told.pop() == {"reason": "finished"}
    assert told[-1]["status"] == "proposed"
    assert "event: progress" in stream.text


async def test_a_run_is_discarded(doors: Doors) -> None:
    boss = await an_operator(doors.world)
    run = f"/v1/cohorts/{(await doors(boss, 'POST', '/v1/cohorts', json=ORDER)).json()['id']}"
    stale = await doors(boss, "POST", f"{run}/discard", headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed-since-seen")
    seen = await doors(boss, "GET", run)
    assert seen.json()["status"] == "queued", "nothing came of it"
    seen_tag = {"If-Match": seen.headers["etag"]}
    discarded = await doors(boss, "POST", f"{run}/discard", headers=seen_tag)
    assert (discarded.status_code, discarded.json()["status"]) == (200, "discarded")
    refused = await doors(boss, "POST", f"{run}/confirm")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/illegal-move")
    listed = (await doors(boss, "GET", "/v1/cohorts")).json()
    assert [one["status"] for one in listed["items"]] == ["discarded"]


async def test_a_learner_has_not_the_scope(doors: Doors) -> None:
    boss, seeker = await an_operator(doors.world), await a_seeker(doors.world)
    run = f"/v1/cohorts/{(await doors(boss, 'POST', '/v1/cohorts', json=ORDER)).json()['id']}"
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
        refused = await doors(seeker, method, path)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/missing-scope")
    unknown = await doors(boss, "GET", f"/v1/cohorts/{uuid4()}")
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
    doors: Doors, body: dict[str, Any], status: int
) -> None:
    boss = await an_operator(doors.world)
    refused = await doors(boss, "POST", "/v1/cohorts", json={**ORDER, **body})
    assert refused.status_code == status, refused.text
    assert refused.json()["errors"]
