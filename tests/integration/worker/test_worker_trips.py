"""What a job costs in round trips to the database, counted at the driver."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from tests.conftest import Urls
from tests.support.given.work import Bench, postgres_bench
from tests.support.measures.round_trips import counted
from tests.support.timing.patience import PATIENCE

from skillbridge.application.ports.jobs import JobState
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.entrypoints.worker.dispatch import AT_ONCE, EVERY, Dispatcher
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("L1")

NEVER = 3600.0


@pytest.fixture
async def bench(tmp_path: Path, urls: Urls, admin: asyncpg.Connection) -> AsyncIterator[Bench]:
    async with postgres_bench(tmp_path, urls.worker, admin) as made:
        yield made


async def test_bare_jobs_are_claimed_in_one_and_finished_in_one(bench: Bench) -> None:
    async def nothing(_transaction: Transaction, _actor: Actor) -> None: ...

    async def all_done() -> bool:
        return await bench.count(JobState.DONE) == AT_ONCE

    bench.script.play = nothing
    await bench.plan(AT_ONCE)
    dispatcher, stopping = Dispatcher(bench.jobs, bench.runner().run), asyncio.Event()
    with counted() as trips:
        working = asyncio.create_task(dispatcher.forever(stopping, NEVER))
    async with asyncio.timeout(PATIENCE):
        await until(all_done, every=0.01)
        stopping.set()
        await working
    names = [query.partition("app.")[2].partition("(")[0] for query in trips.made]
    assert names[:2] == ["claim_jobs", "finish_jobs"]
    assert set(names[2:]) <= {"claim_jobs"}, "it looks whether there is more"


async def test_a_reaction_is_settled_in_the_message_that_commits_it(bench: Bench) -> None:
    await bench.plan()
    run = bench.runner().run
    (job,) = await bench.jobs.claim(limit=1, lease=run.lease)
    with counted() as trips:
        await run(job)
    await asyncio.sleep(0)
    words = [query.split(maxsplit=1)[0].partition(";")[0] for query in trips.made]
    assert words == ["BEGIN", "WITH", "SELECT"], trips.made
    assert trips.made[-1].endswith(";COMMIT")
    assert (await bench.count(JobState.DONE), await bench.effects()) == (1, 1)


def test_nobody_waits_longer_than_a_quarter_of_a_second_for_a_lost_wake_up() -> None:
    assert EVERY <= 0.25
