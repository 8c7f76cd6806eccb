"""How long a job that failed waits for its next attempt."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.support.given.work import memory_bench

from skillbridge.application.ports.jobs import Job
from skillbridge.domain.ids import JobId, TenantId

pytestmark = pytest.mark.row("L1")


def a_job(attempt: int) -> Job:
    return Job(JobId(uuid4()), TenantId(uuid4()), "Act", None, "slot", attempt, lease=attempt)


async def pauses(home: Path, count: int, **changes: Any) -> list[timedelta | None]:
    async with memory_bench(home) as bench:
        run = bench.runner(**changes).run
        return [run._pause(a_job(attempt)) for attempt in range(1, count + 1)]


async def test_four_times_as_long_each_time_and_dead_after_the_eighth(tmp_path: Path) -> None:
    found = await pauses(tmp_path, 8)
    seconds = (1, 4, 16, 64, 256, 300, 300)
    assert found == [*(timedelta(seconds=each) for each in seconds), None]


async def test_never_longer_than_five_minutes(tmp_path: Path) -> None:
    found = await pauses(tmp_path, 1000, attempts=1001)
    assert found[5:] == [timedelta(minutes=5)] * 995
