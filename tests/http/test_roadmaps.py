"""The endpoints of roadmaps: asking, following by polling and by events, reading, paging."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from tests.application.roadmaps.authors import drawn_by, good
from tests.support.given.world import World
from tests.support.http.asking import Asking, bearer, open_asking, refused, to_json
from tests.support.timing.patience import PATIENCE

from skillbridge.application import progress_channel
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.jobs import Jobs
from skillbridge.application.roadmaps.tracker import DraftTracker
from skillbridge.application.roadmaps.views import GenerationView
from skillbridge.domain.actor import Role
from skillbridge.domain.ids import RoadmapId

A_DAY = 20

pytestmark = pytest.mark.row("E1")

FINISHED = '{"reason":"finished"}'
WISH = {
    "goal": "Write small tools for my job",
    "domain": "python",
    "level": "beginner",
    "hours_per_week": 5,
    "known": ["git"],
}


@pytest.fixture
async def ask(world: World) -> AsyncIterator[Asking]:
    async with open_asking(world) as opened:
        yield opened


async def wish(ask: Asking, **changes: Any) -> httpx.Response:
    return await ask("POST", "/v1/roadmaps", to_json({**WISH, **changes}))


async def test_what_follows_from_a_request_knows_its_id(ask: Asking) -> None:
    await ask("POST", "/v1/roadmaps", to_json(WISH), X_Request_Id="asked-for-by-amina")
    jobs = await ask.world.worker.get(Jobs)
    claimed = await jobs.claim(limit=9, lease=timedelta(minutes=1))
    ours = [job for job in claimed if job.tenant_id == ask.world.tenant_id]
    assert {job.request_id for job in ours} == {"asked-for-by-amina"}


async def test_from_the_wish_to_the_path_by_polling(ask: Asking) -> None:
    answer = await wish(ask)
    assert answer.status_code == 202
    told = answer.json()
    where = f"/v1/roadmaps/{told['roadmap_id']}"
    assert answer.headers["location"] == f"{where}/generation"
    assert answer.headers["retry-after"] == "1"
    assert (told["status"], told["stage"], told["percent"]) == ("drafting", "waiting", 0)
    assert (await ask("GET", answer.headers["location"])).json() == told
    drafting = (await ask("GET", where)).json()
    assert (drafting["title"], drafting["modules"]) == (WISH["goal"], [])
    await ask.world.settle()
    done = (await ask("GET", answer.headers["location"])).json()
    assert (done["status"], done["stage"], done["percent"]) == ("ready", "ready", 100)
    assert (done["author"], done["reason"]) == ("template", "no model is configured")
    roadmap = (await ask("GET", where)).json()
    assert {name: roadmap[name] for name in WISH} == WISH
    assert (roadmap["status"], roadmap["author"], roadmap["percent"]) == ("ready", "template", 0)
    assert len(roadmap["modules"]) > 3
    for module in roadmap["modules"]:
        assert module["resources"]
        found = await ask("GET", f"/v1/resources/{module['resources'][0]}")
        assert module["skill"] in found.json()["skills"]


@pytest.mark.row("K4")
async def test_a_path_that_one_holds_already_is_not_sent_again(ask: Asking) -> None:
    path = f"/v1/roadmaps/{(await wish(ask)).json()['roadmap_id']}"
    await ask.world.settle()
    answer = await ask("GET", path)
    seen, module = answer.headers["etag"], answer.json()["modules"][0]
    for held in (seen, f"W/{seen}", f'"0", {seen}'):
        same = await ask("GET", path, If_None_Match=held)
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", seen)
    for verb in ("PUT", "DELETE"):
        await ask(verb, f"{path}/modules/{module['id']}/completion")
        new = await ask("GET", path, If_None_Match=seen)
        assert (new.status_code, new.headers["etag"] == seen) == (200, False)
        seen = new.headers["etag"]


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    """The data of each server-sent event named `generation`; after them comes the `end`."""
    blocks = [block for block in answer.text.replace("\r\n", "\n").split("\n\n") if block]
    lines = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]
    assert lines.pop() == {"event": "end", "id": "finished", "data": FINISHED}
    assert [line["id"] for line in lines] == [str(n + 1) for n in range(len(lines))]
    assert {line["event"] for line in lines} == {"generation"}
    return [msgspec.json.decode(line["data"]) for line in lines]


async def lose(_: object, topic: str, message: bytes) -> None:
    assert topic
    assert message


def told_of_the_beginning(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set once somebody who follows has been told where it stands."""
    begun, follow = asyncio.Event(), DraftTracker.follow

    async def telling(*given: Any) -> AsyncIterator[GenerationView | None]:
        async for view in follow(*given):
            begun.set()
            yield view

    monkeypatch.setattr(DraftTracker, "follow", telling)
    return begun


@pytest.mark.parametrize("heard", [True, False])
async def test_each_step_comes_as_an_event_even_when_messages_are_lost(
    ask: Asking, monkeypatch: pytest.MonkeyPatch, *, heard: bool
) -> None:
    if not heard:
        monkeypatch.setattr(progress_channel, "PATIENCE", 0.05)
        monkeypatch.setattr(type(await ask.world.api.get(Fanout)), "publish", lose)
    begun = told_of_the_beginning(monkeypatch)
    roadmap_id = RoadmapId(UUID((await wish(ask)).json()["roadmap_id"]))
    path = f"/v1/roadmaps/{roadmap_id}/generation/events"
    following = asyncio.create_task(ask("GET", path))
    await asyncio.wait_for(begun.wait(), PATIENCE)
    await drawn_by(ask.world, ask.actor, roadmap_id, good)
    answer = await asyncio.wait_for(following, PATIENCE)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] in {"no-cache", "no-store"}
    told = events(answer)
    stages = list(dict.fromkeys(view["stage"] for view in told))
    assert (stages[0], stages[-1]) == ("waiting", "ready")
    if heard:
        assert stages == ["waiting", "drawing the path", "keeping it", "ready"]
    assert (told[-1]["status"], told[-1]["author"], told[-1]["percent"]) == ("ready", "model", 100)
    (only,) = events(await ask("GET", path))
    assert only == told[-1]


async def test_a_domain_that_is_not_offered(ask: Asking) -> None:
    told = refused(await wish(ask, domain="alchemy"), 422)
    assert told["type"] == "/problems/unknown-domain"
    assert (await ask("GET", "/v1/roadmaps")).json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"goal": "x"}, 422),
        ({"goal": "   "}, 422),
        ({"goal": "x" * 501}, 422),
        ({"hours_per_week": 0}, 400),
        ({"hours_per_week": 61}, 400),
        ({"level": "wizard"}, 400),
        ({"known": ["x" * 65]}, 400),
        ({"known": ["No Id!"]}, 422),
        ({"known": ["git"] * 101}, 400),
    ],
)
async def test_a_wish_that_does_not_fit(ask: Asking, change: dict[str, Any], status: int) -> None:
    told = refused(await wish(ask, **change), status)
    (fault,) = told["errors"]
    assert fault["pointer"].startswith(f"#/{next(iter(change))}")
    assert fault["code"]
    assert fault["message"]


async def test_a_double_click_is_one_wish(ask: Asking) -> None:
    first, second = await wish(ask), await wish(ask, goal=f" {WISH['goal']} ")
    assert (second.status_code, second.json()) == (202, first.json())
    assert second.headers["location"] == first.headers["location"]
    assert len((await ask("GET", "/v1/roadmaps")).json()["items"]) == 1
    other = await wish(ask, hours_per_week=6)
    assert other.headers["location"] != first.headers["location"]
    await ask.world.settle()
    later = await wish(ask)
    assert later.json()["roadmap_id"] not in {
        first.json()["roadmap_id"],
        other.json()["roadmap_id"],
    }


@pytest.mark.row("C7")
async def test_the_wish_too_many_says_when_to_come_back(ask: Asking) -> None:
    for number in range(A_DAY):
        assert (await wish(ask, goal=f"Goal {number}")).status_code == 202
    assert (await wish(ask, goal="Goal 0")).status_code == 202, "it is being drawn already"
    answer = await wish(ask)
    assert refused(answer, 429)["type"] == "/problems/too-many"
    assert 0 < int(answer.headers["retry-after"]) <= 24 * 3600


async def test_the_list_comes_in_pages(ask: Asking) -> None:
    made = [(await wish(ask, goal=f"Goal {number}")).json()["roadmap_id"] for number in range(5)]
    seen, after, sizes = [], "", []
    for _ in range(3):
        page = (await ask("GET", f"/v1/roadmaps?limit=2{after}")).json()
        seen += [row["id"] for row in page["items"]]
        sizes.append(len(page["items"]))
        after = f"&after={page['next']}"
    assert (seen, sizes, page["next"]) == (made[::-1], [2, 2, 1], None)
    assert "modules" not in page["items"][0]
    whole = (await ask("GET", "/v1/roadmaps?limit=5")).json()
    assert ([row["id"] for row in whole["items"]], whole["next"]) == (seen, None)


@pytest.mark.row("B2")
async def test_others_find_nothing(ask: Asking) -> None:
    path = f"/v1/roadmaps/{(await wish(ask)).json()['roadmap_id']}"
    stranger = await ask.world.person(*Role)
    headers = await bearer(ask.world, stranger.roles, stranger.user_id)
    for tail in ("", "/generation", "/generation/events"):
        answer = await ask.client.get(path + tail, headers=headers)
        assert refused(answer, 404)["type"] == "/problems/unknown-roadmap"
        assert refused(await ask("GET", f"/v1/roadmaps/{uuid4()}{tail}"), 404)
        assert refused(await ask.client.get(path + tail), 401)
    assert (await ask.client.get("/v1/roadmaps", headers=headers)).json()["items"] == []
