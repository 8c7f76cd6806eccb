"""What changes of a mentor reaches the matcher."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.support.given.matching import mentor
from tests.support.given.world import World, memory_world

from skillbridge.adapters.memory.store import Store
from skillbridge.application.ports.jobs import JobState
from skillbridge.application.ranking.pool import RefreshPool
from skillbridge.domain.events.mentors import MentorProfileChanged
from skillbridge.domain.ids import TenantId

pytestmark = pytest.mark.row("A9")


@dataclass
class Recorder:
    """A feed that remembers."""

    pushed: list[TenantId] = field(default_factory=list)

    async def push(self, tenant_id: TenantId) -> None:
        self.pushed.append(tenant_id)


@pytest.mark.row("G3")
async def test_a_changed_mentor_is_sent_to_the_matcher(world: World) -> None:
    of, feed = await mentor(world), Recorder()
    event = MentorProfileChanged(mentor_id=of.user_id, at=datetime.now(UTC))
    for _ in range(2):
        await RefreshPool(feed)(world.system(), event)
    assert feed.pushed == [world.tenant_id] * 2


@pytest.mark.row("G3")
async def test_an_offer_plans_the_refreshing(world: World) -> None:
    await mentor(world)
    assert await world.settle() >= 1
    if world.admin is None:
        jobs = (await world.api.get(Store)).jobs.values()
        states = {job.state for job in jobs if job.kind == "RefreshPool"}
    else:
        query = "select distinct state from jobs where kind = 'RefreshPool' and tenant_id = $1"
        states = {row["state"] for row in await world.admin.fetch(query, world.tenant_id)}
    assert states == {JobState.DONE}


@pytest.mark.row("G3")
async def test_while_the_matcher_is_built_no_refreshing_spends_attempts(tmp_path: Path) -> None:
    """A build may take longer than all attempts of a job: nothing fails, and one line tells it."""
    with capture_logs() as logs:
        async with memory_world(matcher_url_file=tmp_path / "matcher.url") as world:
            for _ in range(12):
                await mentor(world)
            await world.settle()
            jobs = (await world.api.get(Store)).jobs.values()
            refreshing = [job for job in jobs if job.kind == "RefreshPool"]
    assert len(refreshing) >= 12
    assert {(job.state, job.attempts) for job in refreshing} == {(JobState.DONE, 1)}
    assert [line["event"] for line in logs].count("no matcher") == 1
    assert not [line for line in logs if line["event"] == "job.failed"]
