"""Requests that are sent again to a real server which is killed in their middle: one effect each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest
from tests.support.given.matching import learner, mentor
from tests.support.programs.scene import Api, Scene
from tests.support.timing.patience import PATIENCE
from tests.support.timing.racing import SOMEBODY_WAITS

from skillbridge.domain.actor import Actor
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("C8", "L1")

SENDERS, EACH = 10, 3
KEY = {"Idempotency-Key": "k"}


class Client:
    """Whoever sends one request again and again: without its key it is refused the second time."""

    def __init__(self, scene: Scene, learner: Actor, mentor: Actor, token: str) -> None:
        self.scene, self.learner = scene, learner
        self.wish = {"mentor_id": str(mentor.user_id)}
        self.headers = {"Authorization": f"Bearer {token}", **KEY}
        self.told: set[str] = set()

    async def ask(self, server: httpx.AsyncClient) -> httpx.Response:
        answer = await server.post("/v1/matches", json=self.wish, headers=self.headers)
        if answer.is_success:
            self.told.add(answer.json()["id"])
        return answer

    async def matches(self) -> set[str]:
        """Those that the learner has asked for."""
        query = "select id from matches where learner_id = $1"
        found = await self.scene.admin.fetch(query, self.learner.user_id)
        return {str(row["id"]) for row in found}


async def a_client(scene: Scene) -> Client:
    asks, of = await learner(scene.world), await mentor(scene.world)
    return Client(scene, asks, of, await scene.token(asks))


@asynccontextmanager
async def of(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=SENDERS * EACH)
    async with httpx.AsyncClient(
        base_url=api.url, timeout=PATIENCE, limits=limits, trust_env=False
    ) as client:
        yield client


def replayed(answer: httpx.Response) -> bool:
    return "Idempotency-Replayed" in answer.headers


async def test_a_server_killed_before_the_answer_is_kept_leaves_nothing(scene: Scene) -> None:
    sender, api = await a_client(scene), await scene.stage.serve()
    other = await asyncpg.connect(scene.stage.urls.admin)
    async with of(api) as server:
        async with other.transaction():
            await other.execute("lock table kept_answers in exclusive mode")  # reads go on
            asking = asyncio.create_task(sender.ask(server))

            async def wrote_and_waits() -> bool:
                return bool(await scene.value(SOMEBODY_WAITS))

            await scene.until(wrote_and_waits)
            await api.program.kill()
        with pytest.raises(httpx.TransportError):
            await asking
    await other.close()
    assert await sender.matches() == set()
    api = await scene.stage.serve()
    async with of(api) as server:
        first, again = [await sender.ask(server) for _ in range(2)]
    assert (first.status_code, replayed(first)) == (201, False)
    assert (again.status_code, again.content, replayed(again)) == (201, first.content, True)
    assert await sender.matches() == sender.told
    await api.program.kill()


@pytest.mark.parametrize("answered", [0, 3, 12])
async def test_each_is_done_once_whenever_the_server_dies(scene: Scene, answered: int) -> None:
    """Each request is under way three times when the server is killed; the next one is sent it, too."""
    senders, api = [await a_client(scene) for _ in range(SENDERS)], await scene.stage.serve()
    async with of(api) as server:
        sent = {asyncio.create_task(sender.ask(server)) for sender in senders * EACH}
        await until(lambda: sum(one.done() for one in sent) >= answered, every=0.001)
        await api.program.kill()
        await asyncio.gather(*sent, return_exceptions=True)
    api = await scene.stage.serve()
    async with of(api) as server:
        for sender in senders:
            answer = await sender.ask(server)
            assert answer.status_code == 201, answer.text
            assert await sender.matches() == sender.told
            assert len(sender.told) == 1
    await api.program.kill()


async def test_thirty_at_once_are_one(scene: Scene) -> None:
    """More than anybody may ask mentors in an hour: some are told so, as long as those are under way."""
    sender, api = await a_client(scene), await scene.stage.serving()
    async with of(api) as server:
        answers = await asyncio.gather(*(sender.ask(server) for _ in range(30)))
        assert {one.status_code for one in answers} <= {201, 409, 429}
        (first,) = (one for one in answers if one.is_success and not replayed(one))
        told_to_wait = [one for one in answers if one.status_code == 409]
        assert {one.json()["type"] for one in told_to_wait} <= {"/problems/key-in-flight"}
        assert {one.headers["retry-after"] for one in told_to_wait} <= {"1"}
        assert (await sender.ask(server)).content == first.content
    assert await sender.matches() == sender.told
    assert len(sender.told) == 1
