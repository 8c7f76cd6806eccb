"""The doors of progress, badges and notices: words, codes and what others see."""

from uuid import uuid4

import pytest
from tests.doors import Doors
from tests.given_learning import a_roadmap, modules

from skillbridge.domain.actor import Actor
from skillbridge.domain.roadmaps.roadmap import RoadmapStatus


async def a_finished_roadmap(doors: Doors) -> Actor:
    """Someone who has two badges and four notices."""
    learner = await doors.world.learner()
    roadmap_id = await a_roadmap(doors.world, learner, modules(1))
    await doors(learner, "PUT", f"/v1/roadmaps/{roadmap_id}/modules/m0/completion")
    await doors.world.settle()
    return learner


@pytest.mark.row("E2", "F1")
async def test_a_module_is_completed_and_opened_again(doors: Doors) -> None:
    learner = await doors.world.learner()
    roadmap = f"/v1/roadmaps/{await a_roadmap(doors.world, learner, modules(1, 3))}"
    done = await doors(learner, "PUT", f"{roadmap}/modules/m0/completion")
    assert (done.status_code, done.json()["percent"]) == (200, 25)
    assert done.json()["next"] == [{"id": "m1", "title": "Module 1"}]
    assert list(done.json()["completed"]) == ["m0"]
    again = await doors(learner, "PUT", f"{roadmap}/modules/m0/completion")
    assert again.json() == done.json()
    assert (await doors(learner, "GET", f"{roadmap}/progress")).json() == done.json()
    undone = await doors(learner, "DELETE", f"{roadmap}/modules/m0/completion")
    assert (undone.status_code, undone.json()["percent"]) == (200, 0)


@pytest.mark.row("E2")
async def test_what_cannot_be_completed(doors: Doors) -> None:
    owner, stranger = await doors.world.learner(), await doors.world.learner()
    ready = f"/v1/roadmaps/{await a_roadmap(doors.world, owner, modules(1))}"
    drafting = f"/v1/roadmaps/{await a_roadmap(doors.world, owner, (), RoadmapStatus.DRAFTING)}"
    for who, path, status, problem in (
        (owner, f"{ready}/modules/other/completion", 404, "unknown-module"),
        (owner, f"{drafting}/modules/m0/completion", 409, "roadmap-not-ready"),
        (owner, f"/v1/roadmaps/{uuid4()}/modules/m0/completion", 404, "unknown-roadmap"),
        (stranger, f"{ready}/modules/m0/completion", 404, "unknown-roadmap"),
    ):
        for verb in ("PUT", "DELETE"):
            answer = await doors(who, verb, path)
            assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    hidden = await doors(stranger, "GET", f"{ready}/progress")
    assert (hidden.status_code, hidden.json()["type"]) == (404, "/problems/unknown-roadmap")


@pytest.mark.row("H1")
async def test_badges_are_listed_with_how_near_one_is(doors: Doors) -> None:
    learner = await a_finished_roadmap(doors)
    badges = (await doors(learner, "GET", "/v1/badges")).json()
    assert [badge["id"] for badge in badges if badge["awarded_at"]] == ["first-step", "pathfinder"]
    steady = next(badge for badge in badges if badge["id"] == "steady-hand")
    assert steady["goals"] == [{"deed": "modules_completed", "done": 1, "needed": 5}]
    assert (steady["percent"], steady["awarded_at"]) == (20, None)
    mine = (await doors(learner, "GET", "/v1/me/badges")).json()
    assert [trophy["title"] for trophy in mine] == ["First step", "Pathfinder"]
    stranger = await doors.world.learner()
    assert (await doors(stranger, "GET", "/v1/me/badges")).json() == []


@pytest.mark.row("J2")
async def test_notices_are_listed_page_by_page(doors: Doors) -> None:
    learner = await a_finished_roadmap(doors)
    first = (await doors(learner, "GET", "/v1/notices", params={"limit": 3})).json()
    rest = {"limit": 3, "after": first["next"]}
    second = (await doors(learner, "GET", "/v1/notices", params=rest)).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 1, None)
    whole = (await doors(learner, "GET", "/v1/notices")).json()
    assert whole == {"items": first["items"] + second["items"], "next": None}
    assert {notice["read_at"] for notice in whole["items"]} == {None}


@pytest.mark.row("J2")
async def test_notices_are_read_by_their_owner(doors: Doors) -> None:
    learner, stranger = await a_finished_roadmap(doors), await doors.world.learner()

    async def unread() -> int:
        counted: int = (await doors(learner, "GET", "/v1/notices/unread-count")).json()["unread"]
        return counted

    newest, *_ = (await doors(learner, "GET", "/v1/notices")).json()["items"]
    path = f"/v1/notices/{newest['id']}/read"
    refused = await doors(stranger, "PUT", path)
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/unknown-notice")
    assert await unread() == 4
    assert (await doors(learner, "PUT", path)).status_code == 204
    assert await unread() == 3
    assert (await doors(learner, "PUT", "/v1/notices/read")).status_code == 204
    assert await unread() == 0


@pytest.mark.parametrize("path", ["/v1/badges", "/v1/me/badges", "/v1/notices"])
async def test_nobody_reads_without_signing_in(doors: Doors, path: str) -> None:
    assert (await doors.client.get(path)).status_code == 401
