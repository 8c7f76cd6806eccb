"""The matcher killed under a stream of questions to the API: every learner gets their answer."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import asyncpg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from tests.conftest import Urls
from tests.given import World, postgres_world
from tests.given_matching import MORNINGS, learner, mentor
from tests.matcher_process import MatcherProcess, built

from skillbridge.application.accounts.ports import Tokens, Users
from skillbridge.application.ports import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SessionId, SkillId
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.app import create_app
from skillbridge.entrypoints.http.inject import HttpProvider
from skillbridge.entrypoints.local.waiting import until
from skillbridge.entrypoints.settings import Secret, Settings

pytestmark = pytest.mark.row("G1", "G3")

PYTHON = SkillId("python-basics")
PATH = f"/v1/mentors/suggestions?skills={PYTHON}&limit=5"
BEFORE_EACH = 0.01  # seconds
Turn = Callable[[MatcherProcess], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    at: float
    took: float
    status: int
    header: str
    degraded: bool
    source: str
    scores: tuple[tuple[str, int], ...]


@dataclass
class Stream:
    """One learner who asks again and again."""

    client: AsyncTestClient[Litestar]
    answers: list[Answer] = field(default_factory=list)

    async def flow(self) -> None:
        while True:
            self.answers.append(await self._ask())
            await asyncio.sleep(BEFORE_EACH)

    async def _ask(self) -> Answer:
        begun = time.monotonic()
        answer = await self.client.get(PATH)
        now, said = time.monotonic(), answer.json()
        scores = tuple((item["mentor"]["id"], item["total"]) for item in said["items"])
        header = answer.headers["x-degraded"]
        return Answer(
            now, now - begun, answer.status_code, header, said["degraded"], said["source"], scores
        )

    async def flows(self, number: int, *, degraded: bool) -> None:
        """Waits for so many more answers of this kind."""
        before = self._count(degraded=degraded)
        async with asyncio.timeout(30):
            await until(lambda: self._count(degraded=degraded) >= before + number, every=0.01)

    def _count(self, *, degraded: bool) -> int:
        return sum(answer.degraded is degraded for answer in self.answers)


@pytest.fixture
async def world(urls: Urls, admin: asyncpg.Connection) -> AsyncIterator[World]:
    async with postgres_world(urls.admin, urls.app, urls.worker) as made:
        yield made


@pytest.fixture
async def process() -> AsyncIterator[MatcherProcess]:
    made = await MatcherProcess(await built()).start()
    yield made
    await made.kill()


@asynccontextmanager
async def asking(world: World, urls: Urls, actor: Actor, matcher: str) -> AsyncIterator[Stream]:
    """The API with a real matcher behind it, and the learner at its door."""
    settings = Settings(env="test", database_url=Secret(urls.app), matcher_url=matcher)
    container = wiring.make_container(
        wiring.storage(settings, worker=False),
        wiring.memory()[1],
        *wiring.outside(settings),
        HttpProvider(),
    )
    async with AsyncTestClient(create_app(container, settings)) as client:
        client.headers["Authorization"] = f"Bearer {await token(world, actor)}"
        stream = Stream(client)
        task = asyncio.create_task(stream.flow())
        try:
            yield stream
        finally:
            task.cancel()
            await asyncio.wait([task])


async def token(world: World, actor: Actor) -> str:
    async with world.scope(actor) as scope:
        users, transaction = await scope.get(Users), await scope.get(Transaction)
        tokens: Tokens = await scope.get(Tokens)
        async with transaction(actor, read_only=True):
            user = await users.peek(actor.user_id)
    return tokens.issue(user, SessionId(uuid4()))


async def five_mentors(world: World) -> None:
    for years in range(5):
        await mentor(
            world, years=years, skills={PYTHON: 3}, languages=("en",), availability=MORNINGS
        )


async def killed(process: MatcherProcess) -> None:
    await process.kill()


async def started(process: MatcherProcess) -> None:
    await process.start()


async def frozen(process: MatcherProcess) -> None:
    assert process.child is not None
    process.child.send_signal(signal.SIGSTOP)


async def thawed(process: MatcherProcess) -> None:
    assert process.child is not None
    process.child.send_signal(signal.SIGCONT)


@pytest.mark.parametrize(("away", "back"), [(killed, started), (frozen, thawed)])
async def test_a_matcher_that_goes_under_load_degrades_the_answers_until_it_is_back(
    world: World, urls: Urls, process: MatcherProcess, away: Turn, back: Turn
) -> None:
    await five_mentors(world)
    asks = await learner(world, languages=("en",), availability=MORNINGS)
    async with asking(world, urls, asks, process.url) as stream:
        await stream.flows(20, degraded=False)
        gone = time.monotonic()
        await away(process)
        await stream.flows(30, degraded=True)
        returned = time.monotonic()
        await back(process)
        await stream.flows(20, degraded=False)
    answers = stream.answers
    assert {answer.status for answer in answers} == {200}
    assert all(answer.header == str(answer.degraded).lower() for answer in answers)
    assert {(answer.degraded, answer.source) for answer in answers} == {
        (False, "matcher"),
        (True, "fallback"),
    }
    assert len({answer.scores for answer in answers}) == 1, "the same scores, whoever answers"
    assert len(answers[0].scores) == 5
    meanwhile = [answer for answer in answers if gone < answer.at < returned]
    assert all(answer.degraded for answer in meanwhile[1:]), "the first may be from before"
    slowest = max(answer.took for answer in meanwhile)
    again = next(a.at for a in answers if a.at > returned and not a.degraded) - returned
    print(  # noqa: T201  figures of the measurement, seen with -s
        f"\n    matcher {away.__name__}: {len(meanwhile)} answers meanwhile, all 200, slowest "
        f"{slowest:.3f} s; it answers again {again:.2f} s after it was {back.__name__}"
    )
    assert slowest < 2
    assert again < 5
