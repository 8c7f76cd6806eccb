"""More at once than can be answered: what begins is served, what cannot is told when to come back."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from tests.support.given.world import memory_world
from tests.support.http.asking import Asking, bearer, open_asking, problem, to_json
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.memory.accounts_reads import MemoryEndedSignIns
from skillbridge.adapters.memory.roadmaps import MemoryRoadmapReads
from skillbridge.entrypoints.http.server import api as api_module
from skillbridge.entrypoints.http.server.admission import Admission
from skillbridge.entrypoints.http.server.streams import Streams
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("C7")

PLACES = 3


@dataclass
class Held:
    """Lists of roadmaps are read as far as the test lets them."""

    ask: Asking
    admission: Admission
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    begun: int = 0
    asked: list[asyncio.Task[httpx.Response]] = field(default_factory=list)

    async def lists(self, number: int) -> None:
        self.asked += [asyncio.create_task(self.ask("GET", "/v1/roadmaps")) for _ in range(number)]
        async with asyncio.timeout(PATIENCE):
            await until(self._come, every=0.001)

    async def statuses(self) -> list[int]:
        self.goes_on.set()
        async with asyncio.timeout(PATIENCE):
            return [answer.status_code for answer in await asyncio.gather(*self.asked)]

    def _come(self) -> bool:
        there = self.begun + len(self.admission._queue) + sum(task.done() for task in self.asked)
        return there >= len(self.asked)


@pytest.fixture
async def held(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Held]:
    async with memory_world() as world, open_asking(world) as ask:
        app: Any = ask.app
        app.admission = Admission(PLACES, wait=PATIENCE)
        made, mine = Held(ask, app.admission), MemoryRoadmapReads.mine

        async def reading(*given: Any, **named: Any) -> Any:
            made.begun += 1
            await made.goes_on.wait()
            return await mine(*given, **named)

        monkeypatch.setattr(MemoryRoadmapReads, "mine", reading)
        yield made
        await made.statuses()
        assert app.admission.working == 0, "every place is given back"


async def test_so_many_begin_and_the_others_wait_and_all_are_served(held: Held) -> None:
    await held.lists(10)
    assert (held.begun, held.admission.working) == (PLACES, PLACES)
    assert await held.statuses() == [200] * 10
    assert held.begun == 10


async def test_what_is_refused_is_told_when_to_come_back_and_nothing_was_done(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    await held.lists(PLACES)
    held.admission.wait = -1.0
    asked: list[object] = []
    monkeypatch.setattr(MemoryEndedSignIns, "among", lambda *given: asked.append(given))
    logged: list[object] = []
    monkeypatch.setattr(api_module.log, "info", lambda *given, **_: logged.append(given))
    later = []
    for path in ("/v1/roadmaps", "/v1/nothing", "/docs", "/v1/me"):
        answer = await held.ask("GET", path, X_Request_Id="0123456789")
        told = problem(answer)
        assert (answer.status_code, told["type"]) == (503, "/problems/overloaded")
        assert told["request_id"] == "0123456789"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["retry-after"] in told["detail"]
        later.append(int(answer.headers["retry-after"]))
    assert sorted(set(later)) == [1, 2, 3], "they do not all come back together"
    assert (asked, logged, held.begun) == ([], [], PLACES), "no question, no line, no work"
    head = await held.ask("HEAD", "/v1/roadmaps")
    assert (head.status_code, head.content) == (503, b"")
    assert int(head.headers["content-length"]) > 0


async def test_a_write_that_is_refused_has_done_nothing(held: Held) -> None:
    await held.lists(PLACES)
    held.admission.wait, usual = -1.0, held.admission.wait
    wish = to_json({"goal": "Write small tools for my job", "domain": "python"})
    assert (await held.ask("POST", "/v1/roadmaps", wish)).status_code == 503
    held.admission.wait = usual
    held.goes_on.set()
    assert (await held.ask("GET", "/v1/roadmaps")).json()["items"] == []


async def test_health_is_answered_by_a_full_process_under_a_prefix_too(held: Held) -> None:
    await held.lists(PLACES + 5)
    held.admission.wait = -1.0
    app: Any = held.ask.app
    assert (await held.ask.client.get("/health/live")).status_code == 200
    app.prefix = "/skillbridge"
    assert (await held.ask.client.get("/skillbridge/health/live")).status_code == 200
    refused = await held.ask.client.get("/skillbridge/v1/me")
    assert refused.json()["type"] == "/skillbridge/problems/overloaded"
    assert refused.json()["instance"] == "/skillbridge/v1/me"
    app.prefix = ""


async def test_a_page_of_another_origin_can_read_a_refusal() -> None:
    async with memory_world() as world, open_asking(world, cors=("https://app.example",)) as ask:
        app: Any = ask.app
        app.admission = Admission(0, wait=-1.0)
        for origin, allowed in (("https://app.example", True), ("https://else.example", False)):
            answer = await ask("GET", "/v1/me", Origin=origin)
            assert answer.status_code == 503
            told = answer.headers
            assert told.get("access-control-allow-origin") == (origin if allowed else None)
            exposed = told.get("access-control-expose-headers", "")
            assert ("Retry-After" in exposed) is allowed


async def test_streams_that_are_open_take_no_place(held: Held) -> None:
    streams = await held.ask.world.api.get(Streams)
    following = []
    for number in range(2 * PLACES):
        someone = await held.ask.world.person()
        headers = await bearer(held.ask.world, someone.roles, someone.user_id)
        wish = to_json({"goal": "Write small tools for my job", "domain": "python"})
        json_too = {**headers, "Content-Type": "application/json"}
        asked = await held.ask.client.post("/v1/roadmaps", content=wish, headers=json_too)
        path = f"{asked.headers['location']}/events"
        following.append(asyncio.create_task(held.ask.client.get(path, headers=headers)))
        async with asyncio.timeout(PATIENCE):
            await until(lambda: len(streams._places) > number, every=0.001)  # noqa: B023  awaited here
    assert held.admission.working == 0
    await held.lists(PLACES)
    assert held.begun == PLACES
    streams.end_all()
    answers = await asyncio.wait_for(asyncio.gather(*following), PATIENCE)
    assert all("restarting" in answer.text for answer in answers)


async def test_bodies_that_come_slowly_hold_nobody_up(held: Held) -> None:
    rest = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b'{"goal": "Write small tools for my job", '
        await rest.wait()
        yield b'"domain": "python"}'

    headers = {**held.ask.headers, "Content-Type": "application/json"}
    posting = [
        asyncio.create_task(held.ask.client.post("/v1/roadmaps", content=slow(), headers=headers))
        for _ in range(2 * PLACES)
    ]
    await held.lists(PLACES)
    assert held.begun == PLACES
    rest.set()
    held.goes_on.set()
    answers = await asyncio.wait_for(asyncio.gather(*posting), PATIENCE)
    assert {answer.status_code for answer in answers} == {202}
    assert len({json.loads(answer.content)["roadmap_id"] for answer in answers}) == 1


async def test_a_fault_gives_its_place_back(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(MemoryRoadmapReads, "mine", broken)
    for _ in range(2 * PLACES):
        assert (await held.ask("GET", "/v1/roadmaps")).status_code == 500
    assert held.admission.working == 0
