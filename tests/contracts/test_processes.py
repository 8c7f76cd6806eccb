"""Who is there: what every ledger of processes promises."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.support.given.world import World
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.memory import processes as in_memory
from skillbridge.adapters.postgres.kernel import processes as in_postgres
from skillbridge.application.ports.processes import Part, Process, Processes
from skillbridge.domain.errors import Unavailable
from skillbridge.entrypoints.heartbeat import beating
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("A5", "A9")


@pytest.fixture(autouse=True)
async def nobody(world: World) -> None:
    if world.admin is not None:
        await world.admin.execute("delete from processes")


async def ledger(world: World, part: Part) -> Processes:
    """As that part is let in."""
    container = world.worker if part is Part.WORKER else world.api
    found: Processes = await container.get(Processes)
    return found


@pytest.mark.parametrize("part", list(Part))
async def test_who_beats_lives_and_who_leaves_is_gone(world: World, part: Part) -> None:
    processes, one = await ledger(world, part), Process(id=uuid4(), part=part, version="1.2.3")
    assert not await processes.lives(part)
    await processes.beat(one)
    await processes.beat(one)
    (found,) = await processes.report()
    assert (found.id, found.part, found.version, found.lives) == (one.id, part, "1.2.3", True)
    assert found.started_at <= found.beat_at
    assert [await processes.lives(each) for each in Part] == [each is part for each in Part]
    await processes.leave(one)
    assert not await processes.report()


@pytest.mark.parametrize("part", list(Part))
async def test_a_process_is_there_for_as_long_as_it_runs(world: World, part: Part) -> None:
    processes = await ledger(world, part)
    container = world.worker if part is Part.WORKER else world.api
    async with beating(container, part), asyncio.timeout(PATIENCE):
        await until(lambda: processes.lives(part), every=0.01)
    assert not await processes.report()


async def test_each_beat_is_kept_and_forgets_nobody_who_beats(world: World) -> None:
    processes = await ledger(world, Part.WORKER)
    one, other = (Process(id=uuid4(), part=Part.WORKER, version="1") for _ in range(2))
    await processes.beat(one)
    (before,) = await processes.report()
    await processes.beat(other)
    await processes.beat(one)
    after = {found.id: found for found in await processes.report()}
    assert after.keys() == {one.id, other.id}
    assert after[one.id].beat_at > before.beat_at
    assert after[one.id].started_at == before.started_at


@pytest.mark.parametrize("fault", [Unavailable("the database restarts"), KeyError("unforeseen")])
async def test_a_beat_that_fails_is_not_the_last(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    processes, beats = await ledger(world, Part.API), list[Process]()

    async def fails_at_first(_: Processes, process: Process) -> None:
        beats.append(process)
        if len(beats) == 1:
            raise fault

    async def came_again() -> bool:
        return len(beats) > 1

    monkeypatch.setattr(type(processes), "beat", fails_at_first)
    async with beating(world.api, Part.API, every=0.01), asyncio.timeout(PATIENCE):
        await until(came_again, every=0.01)
    assert {process.id for process in beats} == {beats[0].id}


async def test_the_silent_are_dead_and_then_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes = await ledger(world, Part.WORKER)
    await processes.beat(Process(id=uuid4(), part=Part.WORKER, version="1"))
    for module in (in_memory, in_postgres):
        monkeypatch.setattr(module, "SILENT", timedelta())
    assert [one.lives for one in await processes.report()] == [False]
    assert not await processes.lives(Part.WORKER)
    for module in (in_memory, in_postgres):
        monkeypatch.setattr(module, "FORGOTTEN", timedelta())
    await processes.beat(Process(id=uuid4(), part=Part.WORKER, version="2"))
    assert "1" not in {one.version for one in await processes.report()}
