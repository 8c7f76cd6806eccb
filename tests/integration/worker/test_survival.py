"""What must survive: the real programs on real servers, killed, frozen, flushed and cut off.

Nothing is ever lost, nothing is done twice, and nothing is put right by hand.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import httpx
import pytest
from tests.support.given.cohorts import a_guide, a_seeker, an_operator
from tests.support.given.world import World
from tests.support.programs.children import Program
from tests.support.programs.scene import LEASE, Scene
from tests.support.servers.model_server import Reply, draws
from tests.support.timing.patience import PATIENCE
from tests.unit.roadmaps.examples import an_outline

from skillbridge.application.cohorts.orders import ConfirmCohortRun, OrderCohortRun
from skillbridge.application.cohorts.views import CohortView
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.cohort import CohortStatus
from skillbridge.domain.cohorts.order import CohortOrder
from skillbridge.domain.events.accounts import RegistrationRepeated

pytestmark = pytest.mark.row("L1", "L9")

GOOD = draws(an_outline())
NOBODY_LISTENS = "redis://127.0.0.1:1/0"
ROADMAP = {"goal": "Write small tools", "domain": "python", "hours_per_week": 5}


def thinks(scene: Scene, *then: Reply) -> asyncio.Event:
    """The model answers when the event is set; if asked again, with `then`."""
    thought, model = asyncio.Event(), scene.stage.model
    model.replies = [Reply(body=GOOD.body, headers=GOOD.headers, after=thought), *then]
    model.questions.clear()
    return thought


async def asked(scene: Scene) -> float:
    """Waits until the model was asked: the job is in the middle."""

    async def was() -> bool:
        return bool(scene.stage.model.questions)

    return await scene.until(was)


def figure(text: str) -> None:
    print(f"\n    {text}")  # noqa: T201  a figure of the measurement, seen with -s


async def drawn_once(scene: Scene, learner: Actor) -> None:
    """One roadmap, one event of it, one notice, and every job done."""
    events = "select count(*) from events where tenant_id = $1 and name = 'RoadmapReady'"
    assert await scene.value(events, scene.world.tenant_id) == 1
    assert await scene.told(learner, "RoadmapReady") == 1
    ready = "select author from roadmaps where learner_id = $1 and status = 'ready'"
    assert [row["author"] for row in await scene.admin.fetch(ready, learner.user_id)] == ["model"]
    open_jobs = "select count(*) from jobs where tenant_id = $1 and state <> 'done'"
    assert await scene.value(open_jobs, scene.world.tenant_id) == 0


@pytest.mark.row("E5")
async def test_a_worker_whose_model_is_away_says_so_and_draws_by_the_template(scene: Scene) -> None:
    await scene.stage.workers(0)
    asked = len(scene.stage.model.questions)
    worker = await scene.stage.worker(OPENAI_BASE_URL="http://127.0.0.1:1/v1")
    learner = await scene.world.learner()
    roadmap_id = await scene.ask_for_roadmap(learner)
    await scene.until_told(learner, 1, "RoadmapReady")
    (line,) = worker.said("model.unavailable")
    assert (line["level"], line["kind"]) == ("warning", "DraftRoadmap")
    assert line["reason"] == "the model cannot be reached"
    author = await scene.value("select author from roadmaps where id = $1", roadmap_id)
    assert author == "template"
    assert len(scene.stage.model.questions) == asked
    await worker.kill()


@pytest.mark.row("E1")
async def test_a_roadmap_whose_worker_is_killed_is_finished_by_another(scene: Scene) -> None:
    learner, thought = await scene.world.learner(), thinks(scene)
    first, second = await scene.stage.workers(2)
    second.freeze()
    await scene.ask_for_roadmap(learner)
    await asked(scene)
    second.thaw()
    await first.kill()
    thought.set()
    seconds = await scene.until_told(learner, 1, "RoadmapReady")
    figure(f"killed worker: roadmap ready {seconds:.1f} s later (lease {LEASE} s)")
    assert len(scene.stage.model.questions) == 2
    assert await scene.attempts("DraftRoadmap") == {"done": [2]}
    assert await scene.attempts("NotifyPeople") == {"done": [1]}
    await drawn_once(scene, learner)


@pytest.mark.row("E1")
async def test_a_worker_frozen_past_its_lease_does_nothing_when_it_wakes(scene: Scene) -> None:
    learner, thought = await scene.world.learner(), thinks(scene, GOOD)
    frozen, second = await scene.stage.workers(2)
    second.freeze()
    await scene.ask_for_roadmap(learner)
    await asked(scene)
    second.thaw()
    frozen.freeze()
    seconds = await scene.until_told(learner, 1, "RoadmapReady")
    thought.set()
    frozen.thaw()
    await frozen.says("job.lost")
    figure(f"frozen worker: roadmap ready {seconds:.1f} s later (lease {LEASE} s)")
    assert await scene.attempts("DraftRoadmap") == {"done": [2]}
    await drawn_once(scene, learner)
    assert frozen.process.returncode is None, "and works on"


@dataclass
class Assignment:
    """Learners with a mentor each, by a language of their own, in the order of their ids."""

    boss: Actor
    pairs: list[tuple[Actor, Actor]]

    @classmethod
    async def of(cls, world: World, number: int) -> "Assignment":
        pairs = [
            (await a_seeker(world, languages=(name,)), await a_guide(world, languages=(name,)))
            for name in ("en", "fr", "sw", "yo", "ha")[:number]
        ]
        pairs.sort(key=lambda pair: pair[0].user_id)
        return cls(await an_operator(world), pairs)


async def stands(scene: Scene, run: CohortView, status: CohortStatus) -> bool:
    query = "select status from cohort_runs where id = $1"
    return bool(await scene.value(query, run.id) == status)


async def requests(scene: Scene) -> int:
    query = "select count(*) from matches where tenant_id = $1 and status = 'requested'"
    return int(await scene.value(query, scene.world.tenant_id))


async def waits_for(scene: Scene, what: str) -> None:
    """Until a worker stands before a lock, in a statement about `what`."""

    async def waits() -> bool:
        query = """select count(*) from pg_stat_activity where usename = 'skillbridge_worker'
            and datname = current_database() and wait_event_type = 'Lock' and query ilike $1"""
        return bool(await scene.value(query, f"%{what}%"))

    await scene.until(waits)


@pytest.mark.row("G2")
async def test_a_cohort_whose_worker_is_killed_is_matched_by_another(scene: Scene) -> None:
    cohort = await Assignment.of(scene.world, 3)
    (first,) = await scene.stage.workers(1)
    blocker = await asyncpg.connect(scene.stage.urls.admin)
    async with blocker.transaction():
        await blocker.execute("lock table placements in share mode")
        run = await scene.world.do(OrderCohortRun, cohort.boss, CohortOrder())
        await waits_for(scene, "placements")
        await first.kill()
        await scene.stage.workers(1)
    await blocker.close()
    seconds = await scene.until(lambda: stands(scene, run, CohortStatus.PROPOSED))
    figure(f"killed worker: cohort matched {seconds:.1f} s later (lease {LEASE} s)")
    placed = "select count(*) from placements where cohort_id = $1 and state = 'proposed'"
    assert await scene.value(placed, run.id) == 3
    assert await scene.attempts("RunCohort") == {"done": [2]}
    await scene.until_told(cohort.boss, 1, "CohortRunProposed")
    assert await requests(scene) == 0


@pytest.mark.row("G4")
async def test_a_cohort_half_applied_by_a_killed_worker_is_finished_without_a_double(
    scene: Scene,
) -> None:
    cohort = await Assignment.of(scene.world, 5)
    (first,) = await scene.stage.workers(1)
    run = await scene.world.do(OrderCohortRun, cohort.boss, CohortOrder())
    await scene.until(lambda: stands(scene, run, CohortStatus.PROPOSED))
    blocker = await asyncpg.connect(scene.stage.urls.admin)
    async with blocker.transaction():
        third = cohort.pairs[2][1].user_id
        await blocker.execute("select from mentors where user_id = $1 for update", third)
        await scene.world.do(ConfirmCohortRun, cohort.boss, run.id)
        await waits_for(scene, "mentors")
        assert await requests(scene) == 2, "those before it are kept already"
        await first.kill()
        await scene.stage.workers(1)
    await blocker.close()
    seconds = await scene.until(lambda: stands(scene, run, CohortStatus.APPLIED))
    figure(f"killed worker: cohort applied {seconds:.1f} s later (lease {LEASE} s)")
    asked = "select mentor_id from matches where learner_id = $1"
    for learner, mentor in cohort.pairs:
        rows = await scene.admin.fetch(asked, learner.user_id)
        assert [row["mentor_id"] for row in rows] == [mentor.user_id]
        await scene.until_told(learner, 1, "LearnerPlaced")
        await scene.until_told(mentor, 1, "MatchRequested")
    for learner, mentor in cohort.pairs:
        assert await scene.told(learner, "LearnerPlaced") == 1
        assert await scene.told(mentor, "MatchRequested") == 1
    assert await scene.value("select applied from cohort_runs where id = $1", run.id) == 5
    assert await scene.attempts("ApplyPlacements") == {"done": [2]}


@pytest.mark.row("E1")
async def test_sigterm_lets_the_running_job_end(scene: Scene) -> None:
    learner, thought = await scene.world.learner(), thinks(scene)
    (worker,) = await scene.stage.workers(1)
    await scene.ask_for_roadmap(learner)
    await asked(scene)
    worker.stop()
    await worker.says("worker.stopping")
    await scene.jobs_of(learner, 1)
    assert worker.process.returncode is None
    thought.set()
    begun = time.monotonic()
    assert await worker.ended() == 0
    seconds = time.monotonic() - begun
    figure(f"SIGTERM: exit 0, {seconds:.1f} s after its last job could end")
    assert await scene.attempts("DraftRoadmap") == {"done": [1]}
    assert await scene.attempts("NotifyPeople") == {"ready": [0, 0]}, "no new job was begun"


async def test_an_emptied_redis_loses_no_job(scene: Scene) -> None:
    learner, valkey = await scene.world.learner(), scene.stage.valkey
    await scene.stage.fresh_workers(0)
    await scene.wake(await scene.jobs_of(learner, 50))
    assert await valkey.ask("XLEN", "skillbridge:jobs") >= 1
    await valkey.ask("FLUSHALL")
    await scene.stage.workers(2)
    seconds = await scene.until_told(learner, 50)
    figure(f"FLUSHALL with 50 jobs waiting: all done {seconds:.1f} s after workers were ready")
    for _ in range(5):
        await scene.wake(await scene.jobs_of(learner, 20))
        await valkey.ask("FLUSHALL")
    seconds = await scene.until_told(learner, 150)
    figure(f"FLUSHALL five times under load: the last of 100 jobs done {seconds:.1f} s later")
    assert await scene.attempts("NotifyPeople") == {"done": [1] * 150}
    assert await scene.told(learner) == 150
    await one_job_a_slot(scene)


async def one_job_a_slot(scene: Scene) -> None:
    """The two workers' clocks ticked for this tenant, too."""
    assert list(await scene.attempts("ExpireMatches")) == ["done"]
    query = "select count(*) from jobs where tenant_id = $1 and kind = $2 group by slot"
    slots = await scene.admin.fetch(query, scene.world.tenant_id, "ExpireMatches")
    assert {row["count"] for row in slots} == {1}


async def test_without_any_redis_requests_are_taken_and_their_jobs_done(scene: Scene) -> None:
    learner = await scene.world.learner()
    scene.stage.model.replies = [GOOD]
    await scene.stage.workers(0)
    worker, api = await asyncio.gather(
        scene.stage.worker(REDIS_URL=NOBODY_LISTENS), scene.stage.serve(REDIS_URL=NOBODY_LISTENS)
    )
    bearer = {"Authorization": f"Bearer {await scene.token(learner)}"}
    async with httpx.AsyncClient(base_url=api.url, headers=bearer, timeout=PATIENCE) as client:
        asked_for = await client.post("/v1/roadmaps", json=ROADMAP)
        assert asked_for.status_code == 202, asked_for.text
        seconds = await scene.until_told(learner, 1, "RoadmapReady")
        where = asked_for.headers["location"]
        assert (await client.get(where)).json()["status"] == "ready"
        assert (await client.get("/health/ready")).json()["status"] == "degraded"
    figure(f"no Redis at all: roadmap asked for and ready {seconds:.1f} s later")
    await scene.jobs_of(learner, 50)
    figure(f"no Redis at all: 50 jobs done in {await scene.until_told(learner, 50):.1f} s")
    assert await scene.attempts("NotifyPeople") == {"done": [1] * 51}
    for program in (worker, api.program):
        await program.kill()


async def test_a_redis_that_dies_and_comes_back_is_used_again(scene: Scene) -> None:
    learner, valkey = await scene.world.learner(), scene.stage.valkey
    (worker,) = await scene.stage.workers(1)
    await valkey.kill()
    await scene.jobs_of(learner, 10)
    await scene.until_told(learner, 10)
    await valkey.start()

    async def heard() -> bool:
        return bool(await valkey.ask("XLEN", "skillbridge:jobs") == 0)

    await valkey.ask("XADD", "skillbridge:jobs", "*", "unread", "yet")
    assert not await heard(), "the worker finds the server again, and only then reads"
    await scene.wake(await scene.jobs_of(learner, 1))
    seconds = await scene.until(heard)
    figure(f"Redis away and back: wake-ups are heard again {seconds:.1f} s later")
    assert worker.process.returncode is None


async def test_a_wake_up_that_was_never_sent_costs_a_second(scene: Scene) -> None:
    """The API was killed after the commit: the job is there, and nobody was told."""
    learner = await scene.world.learner()
    await scene.stage.workers(1)
    await scene.jobs_of(learner, 1)
    seconds = await scene.until_told(learner, 1)
    figure(f"never announced: done {seconds:.2f} s after the commit")
    assert await scene.attempts("NotifyPeople") == {"done": [1]}


async def test_two_workers_told_three_times_of_a_hundred_jobs_do_each_once(scene: Scene) -> None:
    learner = await scene.world.learner()
    workers = await scene.stage.workers(2)
    before = sum(map(begun_by, workers))
    jobs = await scene.jobs_of(learner, 100)
    await asyncio.gather(*(scene.wake(jobs) for _ in range(3)))
    seconds = await scene.until_told(learner, 100)
    figure(f"two workers: 100 jobs done in {seconds:.1f} s")
    assert await scene.attempts("NotifyPeople") == {"done": [1] * 100}
    assert await scene.told(learner) == 100
    assert sum(map(begun_by, workers)) - before == 100


def begun_by(worker: Program) -> int:
    return sum(line["kind"] == "NotifyPeople" for line in worker.said("job.done"))


async def test_a_job_that_cannot_be_done_dies_lets_others_by_and_is_replayed(
    scene: Scene,
) -> None:
    """The mail folder is in the way: a file stands where it should be."""
    learner, folder = await scene.world.learner(), scene.stage.mail
    folder.write_text("in the way", encoding="utf-8")
    await scene.stage.workers(1)
    at = datetime.now(UTC)
    (poison,) = await scene.emit(RegistrationRepeated(user_id=learner.user_id, at=at))
    await scene.jobs_of(learner, 20)
    others = await scene.until_told(learner, 20)

    async def stands(state: str, attempts: int) -> bool:
        return await scene.attempts("SendAlreadyRegisteredMail") == {state: [attempts]}

    seconds = await scene.until(lambda: stands("dead", 2))
    figure(f"poison: 20 others done in {others:.1f} s, dead {seconds:.1f} s later")
    folder.unlink()
    assert "ready again" in await scene.operator("jobs", "replay", str(poison))
    await scene.until(lambda: stands("done", 1))
    assert len(list(folder.glob("*.eml"))) == 1


@pytest.mark.row("A6")
async def test_an_api_killed_in_the_middle_of_a_request_leaves_nothing_of_it(
    scene: Scene,
) -> None:
    learner = await scene.world.learner()
    await scene.stage.workers(0)
    api = await scene.stage.serving()
    bearer = {"Authorization": f"Bearer {await scene.token(learner)}"}

    async def ask(url: str) -> int:
        async with httpx.AsyncClient(headers=bearer, timeout=PATIENCE) as client:
            return (await client.post(f"{url}/v1/roadmaps", json=ROADMAP)).status_code

    async def waits() -> bool:
        query = "select count(*) from pg_locks where not granted and relation = 'jobs'::regclass"
        return bool(await scene.value(query))

    async with scene.admin.transaction():
        await scene.admin.execute("lock table jobs in share mode")
        asking = asyncio.create_task(ask(api.url))
        await scene.until(waits)
        await api.program.kill()
        with pytest.raises(httpx.HTTPError):
            await asking
    await scene.until(lambda: nobody_waits(scene))
    assert await left_of_requests(scene) == (0, 0, 0)
    assert await ask((await scene.stage.serving()).url) == 202
    assert await left_of_requests(scene) == (1, 1, 1)


@pytest.mark.row("A6")
async def test_an_api_told_to_stop_answers_every_request_it_has_begun(scene: Scene) -> None:
    learner = await scene.world.learner()
    await scene.stage.workers(0)
    api = await scene.stage.serving()
    bearer = {"Authorization": f"Bearer {await scene.token(learner)}"}
    codes: list[int] = []

    async def asks() -> None:
        while True:
            async with httpx.AsyncClient(headers=bearer, timeout=PATIENCE) as client:
                try:
                    codes.append((await client.get(f"{api.url}/v1/roadmaps")).status_code)
                except httpx.TransportError:  # turned away, before it was begun
                    return

    many = asyncio.gather(*(asks() for _ in range(8)))
    await scene.until(lambda: more_than(codes, 50))
    api.program.stop()
    begun = time.monotonic()
    await many
    assert await api.program.ended() == 0
    figure(
        f"API, SIGTERM under load: exit 0 in {time.monotonic() - begun:.1f} s, {len(codes)} x 200"
    )
    assert set(codes) == {200}
    lists = [line for line in api.program.said("request") if line["method"] == "GET"]
    assert sum(line["path"] == "/v1/roadmaps" for line in lists) == len(codes)


async def more_than(codes: list[int], number: int) -> bool:
    return len(codes) > number


async def nobody_waits(scene: Scene) -> bool:
    query = """select count(*) from pg_stat_activity
        where usename = 'skillbridge_app' and xact_start is not null
        and datname = current_database()"""
    return not await scene.value(query)


async def left_of_requests(scene: Scene) -> tuple[int, int, int]:
    """Without what the clock brings: a worker of an earlier test may just have planned it."""
    caused = "(select * from jobs where event_id is not null) as caused"
    tables = ("roadmaps", "events", caused)
    query = "select count(*) from {} where tenant_id = $1"
    tenant_id = scene.world.tenant_id
    one, two, three = [await scene.value(query.format(table), tenant_id) for table in tables]
    return one, two, three
