"""Work by the clock: one job a slot, however many clocks tick."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import NAMESPACE_DNS, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.memory.jobs import MemoryJobs
from skillbridge.adapters.memory.store import Store
from skillbridge.application.ports.jobs import Jobs
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import TenantId
from skillbridge.entrypoints.worker.schedule import Scheduler, slot
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("L1")

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

times = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  the zone is given beside them
lengths = st.timedeltas(timedelta(seconds=1), timedelta(days=400))


class Tidy:
    """Something done every minute."""


class Count:
    """Something done every hour."""


SCHEDULE = {Tidy: MINUTE, Count: HOUR}


@dataclass
class Time:
    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Ledger:
    """Two tenants' ledger with its clock, which may be away."""

    clock: Time = field(default_factory=Time)
    store: Store = field(default_factory=Store)
    away: int = 0

    def __post_init__(self) -> None:
        self.store.tenants |= {
            name: TenantId(uuid5(NAMESPACE_DNS, name)) for name in ("one", "two")
        }

    async def now(self) -> datetime:
        return self.clock()

    async def plan(self, kind: str, slot: str, *, due_in: timedelta = timedelta()) -> int:
        if self.away:
            self.away -= 1
            raise Unavailable("away")
        return await MemoryJobs(self.store).plan(kind, slot, due_in=due_in)

    def scheduler(self) -> Scheduler:
        return Scheduler(cast("Jobs", self), SCHEDULE)

    def planned(self, kind: type[object]) -> set[str | None]:
        return {row.slot for row in self.store.jobs.values() if row.kind == kind.__name__}


@given(times, lengths)
def test_a_slot_holds_its_time(at: datetime, every: timedelta) -> None:
    begins = datetime.fromisoformat(slot(at, every))
    assert begins <= at < begins + every


@given(times, lengths, st.floats(0, 1, exclude_max=True))
def test_all_of_a_slot_has_one_name(at: datetime, every: timedelta, share: float) -> None:
    begins = datetime.fromisoformat(slot(at, every))
    assert slot(begins + every * share, every) in {slot(at, every), slot(begins + every, every)}
    assert slot(begins, every) == slot(at, every)


async def test_each_kind_is_planned_once_in_its_slot_in_every_tenant() -> None:
    ledger = Ledger()
    scheduler = ledger.scheduler()
    assert await scheduler.once() == 4
    assert await scheduler.once() == 0
    ledger.clock.at += MINUTE
    assert await scheduler.once() == 2
    assert (len(ledger.planned(Tidy)), len(ledger.planned(Count))) == (2, 1)


async def test_two_clocks_make_one_job() -> None:
    ledger = Ledger()
    one, two = ledger.scheduler(), ledger.scheduler()
    assert sorted(await asyncio.gather(one.once(), two.once())) == [0, 4]
    ledger.clock.at += MINUTE
    assert sorted(await asyncio.gather(two.once(), one.once())) == [0, 2]


async def test_a_clock_that_starts_anew_does_not_plan_again() -> None:
    ledger = Ledger()
    await ledger.scheduler().once()
    ledger.clock.at += timedelta(seconds=59)
    assert await ledger.scheduler().once() == 0


async def test_slots_missed_while_all_was_down_are_not_made_up() -> None:
    ledger = Ledger()
    await ledger.scheduler().once()
    ledger.clock.at += 3 * MINUTE
    assert await ledger.scheduler().once() == 2
    assert ledger.planned(Tidy) == {slot(NOON, MINUTE), slot(NOON + 3 * MINUTE, MINUTE)}


async def test_a_ledger_that_is_away_is_told_later() -> None:
    ledger, stopping = Ledger(away=3), asyncio.Event()
    with capture_logs() as logs:
        task = asyncio.create_task(ledger.scheduler().forever(stopping, every=0.01))
        async with asyncio.timeout(PATIENCE):
            await until(lambda: len(ledger.store.jobs) == 4, every=0.01)
            stopping.set()
            await task
    told = [(line["event"], line.get("tries")) for line in logs]
    assert told == [("schedule.failed", None), ("schedule.back", 3)], "when it begins and ends"
