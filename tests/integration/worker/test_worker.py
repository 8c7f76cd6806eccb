"""The worker as a whole: wake-ups, work and the clock side by side, until it is told to stop."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from structlog.testing import capture_logs
from tests.support.given.work import ready
from tests.support.given.world import World
from tests.support.servers.model_server import ModelServer, Reply, draws, serving
from tests.support.timing.patience import PATIENCE, turns
from tests.unit.roadmaps.examples import a_brief, an_outline

from skillbridge.adapters.memory.store import Store
from skillbridge.adapters.redis.streams import LOOK, RedisWake, WakeBroker
from skillbridge.application.ports.jobs import Jobs, JobState
from skillbridge.application.roadmaps.drafting import RequestRoadmap
from skillbridge.application.roadmaps.tracker import DraftTracker
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import RoadmapId, TenantId
from skillbridge.domain.roadmaps.roadmap import RoadmapStatus
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.server.inject import HttpProvider
from skillbridge.entrypoints.wiring import memory
from skillbridge.entrypoints.worker.process import stop_on_signals, work
from skillbridge.local.waiting import until
from skillbridge.settings import ApiKey, HttpUrl, Settings

pytestmark = pytest.mark.row("L1")


@dataclass
class Office:
    """A world in memory with a model that thinks as long as the test wants."""

    world: World
    model: ModelServer
    thought: asyncio.Event
    broker: WakeBroker

    async def ask(self, learner: Actor) -> RoadmapId:
        """A request with its wake-up; returns when the model has been asked."""
        asked = await self.world.do(RequestRoadmap, learner, a_brief())
        jobs: Jobs = await self.world.worker.get(Jobs)
        await RedisWake(self.broker)(await ready(jobs))
        async with asyncio.timeout(PATIENCE):
            await until(lambda: bool(self.model.questions), every=0.01)
        return RoadmapId(asked.roadmap_id)

    async def status(self, learner: Actor, roadmap_id: RoadmapId) -> RoadmapStatus:
        async with self.world.scope(learner) as scope:
            generation = await scope.get(DraftTracker)
            return (await generation.now(learner, roadmap_id)).status

    async def count(self, state: JobState) -> int:
        jobs: Jobs = await self.world.worker.get(Jobs)
        return (await jobs.counts())[state]


@pytest.fixture
async def office(tmp_path: Path, redis_url: str) -> AsyncIterator[Office]:
    store, tenant_id, thought = Store(), TenantId(uuid4()), asyncio.Event()
    store.tenants["test"] = tenant_id
    good = draws(an_outline())
    broker = WakeBroker(redis_url)
    await broker.startup()
    async with serving(Reply(body=good.body, headers=good.headers, after=thought)) as model:
        settings = Settings(
            env="test",
            home=tmp_path,
            openai_api_key=ApiKey("sk-test"),
            openai_base_url=HttpUrl(model.url),
        )
        beside = wiring.outside(settings)
        container = wiring.make_container(*memory.providers(store), *beside, HttpProvider())
        world = World("memory", tenant_id, container, container)
        yield Office(world, model, thought, broker)
        await container.close()
    await broker.shutdown()


@asynccontextmanager
async def working(
    office: Office, redis_url: str, patience: float = 30
) -> AsyncIterator[tuple[asyncio.Event, asyncio.Task[None]]]:
    broker, stopping = WakeBroker(redis_url), asyncio.Event()
    await broker.startup()
    lease = timedelta(seconds=5)
    task = asyncio.create_task(
        work(office.world.worker, broker, LOOK, stopping, lease=lease, patience=patience)
    )
    try:
        yield stopping, task
    finally:
        stopping.set()
        async with asyncio.timeout(PATIENCE):
            await task
        await broker.shutdown()


async def scheduled(office: Office) -> None:
    """The worker has done its first round: what comes now comes by a wake-up."""

    async def done() -> bool:
        return await office.count(JobState.DONE) > 0

    async with asyncio.timeout(PATIENCE):
        await until(done, every=0.01)


async def test_it_stops_when_its_running_job_has_ended(office: Office, redis_url: str) -> None:
    learner = await office.world.learner()
    async with working(office, redis_url) as (stopping, task):
        await scheduled(office)
        roadmap_id = await office.ask(learner)
        stopping.set()
        await turns()
        assert not task.done()
        assert await office.status(learner, roadmap_id) is RoadmapStatus.DRAFTING
        office.thought.set()
        async with asyncio.timeout(PATIENCE):
            await task
    assert await office.status(learner, roadmap_id) is RoadmapStatus.READY
    assert await office.count(JobState.RUNNING) == 0
    assert len(office.model.questions) == 1


async def test_it_does_not_wait_for_ever(office: Office, redis_url: str) -> None:
    learner = await office.world.learner()
    async with working(office, redis_url, patience=0.2) as (stopping, task):
        roadmap_id = await office.ask(learner)
        stopping.set()
        async with asyncio.timeout(PATIENCE):
            await task
    assert await office.status(learner, roadmap_id) is RoadmapStatus.DRAFTING
    assert await office.count(JobState.RUNNING) == 1, "its lease runs out, and another takes it"
    office.thought.set()


async def test_it_tells_when_it_begins_and_when_it_has_stopped(
    office: Office, redis_url: str
) -> None:
    with capture_logs() as logs:
        async with working(office, redis_url):
            await scheduled(office)
    told = [line for line in logs if line["event"].startswith("worker.")]
    assert [line["event"] for line in told] == ["worker.ready", "worker.stopped"]
    assert "DraftRoadmap" in told[0]["kinds"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_tells_it_to_stop(number: signal.Signals) -> None:
    stopping, loop = stop_on_signals(), asyncio.get_running_loop()
    try:
        assert not stopping.is_set()
        os.kill(os.getpid(), number)
        async with asyncio.timeout(PATIENCE):
            await stopping.wait()
    finally:
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(one)
