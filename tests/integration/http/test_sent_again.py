"""Requests that are sent again to a real server which is killed in their middle: one effect each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from tests.conftest import Urls, new_database
from tests.support.programs.scene import Scene, Stage, a_scene, a_stage
from tests.support.timing.patience import PATIENCE
from tests.support.timing.racing import SOMEBODY_WAITS

from skillbridge.domain.actor import Actor
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("C8", "L1")

KEYS = [f"key-{number}" for number in range(15)]
"""Fewer than the roadmaps of a day."""


@pytest.fixture(scope="module")
async def own_urls(server: str) -> AsyncIterator[Urls]:
    """A database in which nobody else waits for anybody."""
    made = await new_database(server)
    yield made
    admin = await asyncpg.connect(server)
    await admin.execute(f"drop database {urlsplit(made.admin).path[1:]} with (force)")
    await admin.close()


@pytest.fixture(scope="module")
async def stage(own_urls: Urls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with a_stage(own_urls, tmp_path_factory.mktemp("sent-again")) as made:
        yield made


@pytest.fixture
async def scene(stage: Stage) -> AsyncIterator[Scene]:
    async with a_scene(stage) as made:
        yield made


class Client:
    """Whoever sends the same requests to one server after the other."""

    def __init__(self, scene: Scene, learner: Actor, token: str) -> None:
        self.scene, self.learner = scene, learner
        self.headers = {"Authorization": f"Bearer {token}"}
        self.answers: dict[str, set[str]] = {key: set() for key in KEYS}

    @asynccontextmanager
    async def of(self, url: str) -> AsyncIterator[httpx.AsyncClient]:
        limits = httpx.Limits(max_connections=2 * len(KEYS))
        async with httpx.AsyncClient(
            base_url=url, headers=self.headers, timeout=PATIENCE, limits=limits, trust_env=False
        ) as client:
            yield client

    async def ask(self, client: httpx.AsyncClient, key: str) -> httpx.Response:
        """A wish of this key's own."""
        wish = {"goal": f"Write small tools, {key}", "domain": "python", "hours_per_week": 5}
        headers = {"Idempotency-Key": key}
        answer = await client.post("/v1/roadmaps", json=wish, headers=headers)
        if answer.is_success:
            self.answers[key].add(answer.json()["roadmap_id"])
        return answer

    async def goals(self) -> list[str]:
        query = "select goal from roadmaps where learner_id = $1 order by goal"
        return [row["goal"] for row in await self.scene.admin.fetch(query, self.learner.user_id)]


async def a_client(scene: Scene) -> Client:
    learner = await scene.world.learner()
    return Client(scene, learner, await scene.token(learner))


async def test_a_server_killed_before_the_answer_is_kept_leaves_nothing(scene: Scene) -> None:
    sender, api = await a_client(scene), await scene.stage.serve()
    other = await asyncpg.connect(scene.stage.urls.admin)
    async with sender.of(api.url) as client:
        async with other.transaction():
            await other.execute("lock table kept_answers in exclusive mode")  # reads go on
            asking = asyncio.create_task(sender.ask(client, KEYS[0]))

            async def wrote_and_waits() -> bool:
                return bool(await scene.value(SOMEBODY_WAITS))

            await scene.until(wrote_and_waits)
            await api.program.kill()
        with pytest.raises(httpx.TransportError):
            await asking
    await other.close()
    assert await sender.goals() == []
    api = await scene.stage.serve()
    async with sender.of(api.url) as client:
        first, again = [await sender.ask(client, KEYS[0]) for _ in range(2)]
    assert (first.status_code, again.content) == (202, first.content)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(await sender.goals()) == 1


@pytest.mark.parametrize("answered", [0, 3, 12])
async def test_each_is_done_once_whenever_the_server_dies(scene: Scene, answered: int) -> None:
    """Every request is under way twice when the server is killed, and sent to the next until answered."""
    sender, api = await a_client(scene), await scene.stage.serve()
    async with sender.of(api.url) as client:
        sent = {asyncio.create_task(sender.ask(client, key)) for key in KEYS * 2}
        await until(lambda: sum(one.done() for one in sent) >= answered, every=0.001)
        await api.program.kill()
        await asyncio.gather(*sent, return_exceptions=True)
    api = await scene.stage.serve()
    async with sender.of(api.url) as client:
        for key in KEYS:
            answer = await sender.ask(client, key)
            assert answer.status_code == 202, answer.text
    assert {key: len(ids) for key, ids in sender.answers.items()} == dict.fromkeys(KEYS, 1)
    assert len(await sender.goals()) == len(set(await sender.goals())) == len(KEYS)
    await api.program.kill()


async def test_thirty_at_once_are_one(scene: Scene) -> None:
    sender, api = await a_client(scene), await scene.stage.serving()
    async with sender.of(api.url) as client:
        answers = await asyncio.gather(*(sender.ask(client, KEYS[0]) for _ in range(30)))
        assert {one.status_code for one in answers} <= {202, 409}
        first = [
            one for one in answers if one.is_success and "Idempotency-Replayed" not in one.headers
        ]
        assert len(first) == 1
        at_work = {one.json()["type"] for one in answers if one.status_code == 409}
        assert at_work <= {"/problems/key-in-flight"}
        assert (await sender.ask(client, KEYS[0])).content == first[0].content
    assert len(sender.answers[KEYS[0]]) == len(await sender.goals()) == 1
