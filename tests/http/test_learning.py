"""The endpoints of progress, badges and notices: words, codes and what others see."""

from uuid import uuid4

import pytest
from tests.support.given.learning import a_roadmap, modules
from tests.support.http.endpoints import Endpoints

from skillbridge.domain.actor import Actor
from skillbridge.domain.roadmaps.roadmap import RoadmapStatus


async def a_finished_roadmap(endpoints: Endpoints) -> Actor:
    """Someone who has two badges and four notices."""
    learner = await endpoints.world.learner()
    roadmap_id = await a_roadmap(endpoints.world, learner, modules(1))
    await endpoints(learner, "PUT", f"/v1/roadmaps/{roadmap_id}/modules/m0/completion")
    await endpoints.world.settle()
    return learner


@pytest.mark.row("E2", "F1")
async def test_a_module_is_completed_and_opened_again(endpoints: Endpoints) -> None:
    learner = await endpoints.world.learner()
    roadmap = f"/v1/roadmaps/{await a_roadmap(endpoints.world, learner, modules(1, 3))}"
    done = await endpoints(learner, "PUT", f"{roadmap}/modules/m0/completion")
    assert (done.status_code, done.json()["percent"]) == (200, 25)
    assert done.json()["next"] == [{"id": "m1", "title": "Module 1"}]
    assert list(done.json()["completed"]) == ["m0"]
    again = await endpoints(learner, "PUT", f"{roadmap}/modules/m0/completion")
    assert again.json() == done.json()
    assert (await endpoints(learner, "GET", f"{roadmap}/progress")).json() == done.json()
    undone = await endpoints(learner, "DELETE", f"{roadmap}/modules/m0/completion")
    assert (undone.status_code, undone.json()["percent"]) == (200, 0)


@pytest.mark.row("E2")
async def test_what_cannot_be_completed(endpoints: Endpoints) -> None:
    owner, stranger = await endpoints.world.learner(), await endpoints.world.learner()
    ready = f"/v1/roadmaps/{await a_roadmap(endpoints.world, owner, modules(1))}"
    drafting = f"/v1/roadmaps/{await a_roadmap(endpoints.world, owner, (), RoadmapStatus.DRAFTING)}"
    for who, path, status, problem in (
        (owner, f"{ready}/modules/other/completion", 404, "unknown-module"),
        (owner, f"{drafting}/modules/m0/completion", 409, "roadmap-not-ready"),
        (owner, f"/v1/roadmaps/{uuid4()}/modules/m0/completion", 404, "unknown-roadmap"),
        (stranger, f"{ready}/modules/m0/completion", 404, "unknown-roadmap"),
    ):
        for verb in ("PUT", "DELETE"):
            answer = await endpoints(who, verb, path)
            assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    hidden = await endpoints(stranger, "GET", f"{ready}/progress")
    assert (hidden.status_code, hidden.json()["type"]) == (404, "/problems/unknown-roadmap")


@pytest.mark.row("H1")
async def test_badges_are_listed_with_how_near_one_is(endpoints: Endpoints) -> None:
    learner = await a_finished_roadmap(endpoints)
    badges = (await endpoints(learner, "GET", "/v1/badges")).json()
    assert [badge["id"] for badge in badges if badge["awarded_at"]] == ["first-step", "pathfinder"]
    steady = next(badge for badge in badges if badge["id"] == "steady-hand")
    assert steady["goals"] == [{"deed": "modules_completed", "done": 1, "needed": 5}]
    assert (steady["percent"], steady["awarded_at"]) == (20, None)
    mine = (await endpoints(learner, "GET", "/v1/me/badges")).json()
    assert [award["title"] for award in mine] == ["First step", "Pathfinder"]
    stranger = await endpoints.world.learner()
    assert (await endpoints(stranger, "GET", "/v1/me/badges")).json() == []


@pytest.mark.row("J2")
async def test_notices_are_listed_page_by_page(endpoints: Endpoints) -> None:
    learner = await a_finished_roadmap(endpoints)
    first = (await endpoints(learner, "GET", "/v1/notices", params={"limit": 3})).json()
    rest = {"limit": 3, "after": first["next"]}
    second = (await endpoints(learner, "GET", "/v1/notices", params=rest)).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 1, None)
    whole = (await endpoints(learner, "GET", "/v1/notices")).json()
    assert whole == {"items": first["items"] + second["items"], "next": None}
    assert {notice["read_at"] for notice in whole["items"]} == {None}


@pytest.mark.row("J2")
async def test_notices_are_read_by_their_owner(endpoints: Endpoints) -> None:
    learner, stranger = await a_finished_roadmap(endpoints), await endpoints.world.learner()

    async def unread() -> int:
        counted: int = (await endpoints(learner, "GET", "/v1/notices/unread-count")).json()[
            "unread"
        ]
        return counted

    newest, *_ = (await endpoints(learner, "GET", "/v1/notices")).json()["items"]
    path = f"/v1/notices/{newest['id']}/read"
    refused = await endpoints(stranger, "PUT", path)
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/unknown-notice")
    assert await unread() == 4
    assert (await endpoints(learner, "PUT", path)).status_code == 204
    assert await unread() == 3
    assert (await endpoints(learner, "PUT", "/v1/notices/read")).status_code == 204
    assert await unread() == 0


@pytest.mark.parametrize("path", ["/v1/badges", "/v1/me/badges", "/v1/notices"])
async def test_nobody_reads_without_signing_in(endpoints: Endpoints, path: str) -> None:
    assert (await endpoints.client.get(path)).status_code == 401
