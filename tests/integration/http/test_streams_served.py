"""Streams of a server as it runs for people, over a real Valkey."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from tests.application.accounts.people import PASSWORD, Visitor
from tests.conftest import Urls
from tests.support.programs.scene import Api, Scene, Stage, a_scene, a_stage
from tests.support.timing.patience import PATIENCE

from skillbridge.application.roadmaps.tracker import DraftTracker
from skillbridge.application.roadmaps.views import GenerationView
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import RoadmapId
from skillbridge.domain.roadmaps.roadmap import RoadmapStatus
from skillbridge.entrypoints.http.server.streams import OF_ONE
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("E1", "L1")

CLIENTS = 6
"""Connections: the short questions, those about the server, the subscription, the wake-ups and their
group, and the one that counts."""
OF_MANY = 60
"""People at once; a thousand were tried by hand."""


@pytest.fixture(scope="module")
async def stage(urls: Urls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with a_stage(urls, tmp_path_factory.mktemp("streams")) as made:
        yield made


@pytest.fixture
async def scene(stage: Stage) -> AsyncIterator[Scene]:
    async with a_scene(stage) as made:
        yield made


@dataclass
class Audience:
    """Connections that follow something, line by line."""

    http: httpx.AsyncClient
    lines: list[asyncio.Queue[str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def follow(self, path: str, token: str) -> None:
        """Returns once it is known whether this is let in."""
        answered, lines = asyncio.Event(), asyncio.Queue[str]()
        self.lines.append(lines)
        self.tasks.append(asyncio.create_task(self._listen(path, token, lines, answered)))
        async with asyncio.timeout(PATIENCE):
            await answered.wait()

    async def _listen(
        self, path: str, token: str, lines: asyncio.Queue[str], answered: asyncio.Event
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.http.stream("GET", path, headers=headers) as answer:
            self.statuses.append(answer.status_code)
            answered.set()
            async for line in answer.aiter_lines():
                lines.put_nowait(line)

    async def hear(self, words: str) -> None:
        """Waits until each that was let in was told so."""
        async with asyncio.timeout(PATIENCE):
            for status, lines in zip(self.statuses, self.lines, strict=True):
                while status == 200 and words not in await lines.get():
                    pass


@asynccontextmanager
async def an_audience(api: Api) -> AsyncIterator[Audience]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=api.url, limits=limits, timeout=PATIENCE) as http:
        made = Audience(http)
        yield made
        for task in made.tasks:
            task.cancel()
        await asyncio.gather(*made.tasks, return_exceptions=True)


async def clients(stage: Stage) -> int:
    told: dict[str, Any] = await stage.valkey.ask("INFO", "clients")
    return int(told["connected_clients"])


def events_of(roadmap_id: RoadmapId) -> str:
    return f"/v1/roadmaps/{roadmap_id}/generation/events"


async def tell(scene: Scene, actor: Actor, roadmap_id: RoadmapId, percent: int) -> None:
    """A step of the drawing, as a worker on this Valkey tells it."""
    view = GenerationView(
        roadmap_id=roadmap_id, status=RoadmapStatus.DRAFTING, stage="drawing", percent=percent
    )
    async with scene.world.scope(actor) as scope:
        line = (await scope.get(DraftTracker))._channel(roadmap_id)
    await scene.stage.valkey.ask("PUBLISH", f"fanout:{line.topic}", line.write(view).decode())


async def test_one_person_opens_115_and_many_people_one_each(scene: Scene, stage: Stage) -> None:
    before = await clients(stage)  # of programs of other tests
    api = await stage.serving()
    amina = await scene.world.learner()
    roadmap_id, token = await scene.ask_for_roadmap(amina), await scene.token(amina)
    async with an_audience(api) as audience:
        await audience.follow(events_of(roadmap_id), token)
        for _ in range(114):
            await audience.follow(events_of(roadmap_id), token)
        assert (audience.statuses.count(200), audience.statuses.count(429)) == (
            OF_ONE,
            115 - OF_ONE,
        )
        others = []
        for _ in range(OF_MANY):
            other = await scene.world.learner()
            others.append((other, await scene.ask_for_roadmap(other)))
            await audience.follow(events_of(others[-1][1]), await scene.token(other))
        assert audience.statuses[115:] == [200] * OF_MANY
        assert await stage.valkey.ask("PUBSUB", "NUMPAT") == 1, "one subscription for all"
        assert await clients(stage) <= before + CLIENTS
        await tell(scene, amina, roadmap_id, 20)
        for other, wanted in others:
            await tell(scene, other, wanted, 20)
        await audience.hear('"percent":20')
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await audience.http.get("/v1/me", headers=bearer)).status_code == 200


async def test_a_process_that_is_told_to_stop_ends_its_streams_with_a_word(
    scene: Scene, stage: Stage
) -> None:
    """Each is told to come again, none is cut."""
    api, amina = await stage.serve(), await scene.world.learner()
    path, token = events_of(await scene.ask_for_roadmap(amina)), await scene.token(amina)
    async with an_audience(api) as audience:
        for _ in range(OF_ONE):
            await audience.follow(path, token)
        assert audience.statuses == [200] * OF_ONE
        api.program.stop()
        await audience.hear('{"reason":"restarting"}')
        async with asyncio.timeout(PATIENCE):
            ends = await asyncio.gather(*audience.tasks, return_exceptions=True)
        assert ends == [None] * OF_ONE, "each came to its end"
        assert await api.program.ended() == 0


async def test_whoever_finds_no_place_is_told_so_and_everything_else_is_answered(
    scene: Scene, stage: Stage
) -> None:
    api = await stage.serve(SKILLBRIDGE_STREAMS="2")
    async with an_audience(api) as audience:
        for _ in range(4):
            someone = await scene.world.learner()
            path, token = (
                events_of(await scene.ask_for_roadmap(someone)),
                await scene.token(someone),
            )
            await audience.follow(path, token)
        assert audience.statuses == [200, 200, 503, 503]
        bearer = {"Authorization": f"Bearer {token}"}
        refused = await audience.http.get(path, headers=bearer)
        assert refused.json()["type"] == "/problems/streams-full"
        assert int(refused.headers["retry-after"]) > 0
        asking = await audience.http.get(path.removesuffix("/events"), headers=bearer)
        assert asking.status_code == 200, "who finds no place may ask from time to time"
    assert [str(line["open"]) for line in api.program.said("streams.full")] == ["2"]


async def test_whoever_hangs_up_makes_room(scene: Scene, stage: Stage) -> None:
    api, amina = await stage.serving(), await scene.world.learner()
    path, token = events_of(await scene.ask_for_roadmap(amina)), await scene.token(amina)
    async with an_audience(api) as audience:
        for _ in range(OF_ONE):
            await audience.follow(path, token)
    async with an_audience(api) as audience:

        async def let_in() -> bool:
            await audience.follow(path, token)
            return audience.statuses.count(200) == OF_ONE

        async with asyncio.timeout(PATIENCE):
            await until(let_in, every=0.05)


@pytest.mark.parametrize("trouble", ["none", "frozen", "full"])
async def test_logging_out_ends_the_streams_and_the_token(
    scene: Scene, stage: Stage, trouble: str
) -> None:
    api, amina = await stage.serving(), Visitor(scene.world)
    await amina.arrive()
    tenant = {"X-Tenant": scene.world.slug}
    async with an_audience(api) as audience:
        who = {"email": amina.email, "password": PASSWORD}
        signed_in = (await audience.http.post("/v1/auth/login", json=who, headers=tenant)).json()
        token = signed_in["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        wish = {"goal": "Write small tools", "domain": "python"}
        asked = await audience.http.post("/v1/roadmaps", json=wish, headers=bearer)
        path = f"{asked.headers['location']}/events"
        for _ in range(3):
            await audience.follow(path, token)
        if trouble == "frozen":
            stage.valkey.freeze()
        elif trouble == "full":
            await stage.valkey.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
            await stage.valkey.ask("CONFIG", "SET", "maxmemory", "1")
        try:
            told = {"refresh_token": signed_in["refresh_token"]}
            out = await audience.http.post("/v1/auth/logout", json=told, headers=tenant)
            assert out.status_code == 204
            await audience.hear('{"reason":"signed-out"}')

            async def refused() -> bool:
                return (await audience.http.get("/v1/me", headers=bearer)).status_code == 401

            async with asyncio.timeout(PATIENCE):
                await until(refused, every=0.05)
        finally:
            stage.valkey.thaw()
            await stage.valkey.ask("CONFIG", "SET", "maxmemory", "0")
        await stage.valkey.ask("FLUSHALL")
        assert (await audience.http.get("/v1/me", headers=bearer)).status_code == 401
