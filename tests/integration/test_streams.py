"""Wake-ups over a real Valkey that goes away, comes back, forgets and is told nonsense."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from structlog.testing import capture_logs
from taskiq.kicker import AsyncKicker
from taskiq.receiver import Receiver
from tests.patience import PATIENCE
from tests.valkey_process import ValkeyProcess

from skillbridge.adapters.redis.streams import RUN_JOB, RedisWake, WakeBroker
from skillbridge.domain.ids import JobId
from skillbridge.entrypoints.local.waiting import until

pytestmark = pytest.mark.row("L1")

STREAM = "skillbridge:jobs"


@dataclass
class Listener:
    """A worker's ear, as `worker.app` makes it: notes what it is told."""

    url: str
    heard: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Listener"]:
        async with _broker(self.url) as broker:
            broker.is_worker_process = True

            async def note(job_id: str) -> None:
                self.heard.put_nowait(job_id)

            broker.register_task(note, RUN_JOB)
            with ThreadPoolExecutor(max_workers=1) as executor:
                receiver = Receiver(broker, executor=executor, run_startup=False)
                stopping = asyncio.Event()
                task = asyncio.create_task(receiver.listen(stopping))
                try:
                    yield self
                finally:
                    assert not task.done(), "it must outlive everything"
                    stopping.set()
                    async with asyncio.timeout(PATIENCE):
                        await task

    async def hears(self, job_id: JobId, within: float = PATIENCE) -> float:
        """Seconds until it was told of the job."""
        begun = time.monotonic()
        async with asyncio.timeout(within):
            while await self.heard.get() != str(job_id):
                pass
        return time.monotonic() - begun


@asynccontextmanager
async def _broker(url: str) -> AsyncIterator[WakeBroker]:
    broker = WakeBroker(url)
    await broker.startup()
    try:
        yield broker
    finally:
        await broker.shutdown()


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[ValkeyProcess]:
    server = ValkeyProcess(tmp_path)
    await server.start()
    yield server
    await server.kill()


@pytest.fixture
async def listener(valkey: ValkeyProcess) -> AsyncIterator[Listener]:
    async with Listener(valkey.url).listening() as made:
        yield made


@pytest.fixture
async def wake(valkey: ValkeyProcess) -> AsyncIterator[RedisWake]:
    async with _broker(valkey.url) as broker:
        yield RedisWake(broker)


def new_job() -> JobId:
    return JobId(uuid4())


async def told_until_heard(wake: RedisWake, listener: Listener) -> float:
    """Seconds until a wake-up gets through again, one being sent every 0.1 s."""
    begun, told = time.monotonic(), set[str]()

    async def one_is_heard() -> None:
        while await listener.heard.get() not in told:
            pass

    hearing = asyncio.create_task(one_is_heard())
    async with asyncio.timeout(PATIENCE):
        while not hearing.done():
            job_id = new_job()
            told.add(str(job_id))
            await wake([job_id])
            await asyncio.wait((hearing,), timeout=0.1)
    return time.monotonic() - begun


async def test_a_worker_hears_at_once(wake: RedisWake, listener: Listener) -> None:
    await told_until_heard(wake, listener)
    seconds = []
    for _ in range(5):
        job_id = new_job()
        await wake([job_id])
        seconds.append(await listener.hears(job_id))
    print(f"\nwake-up: {sorted(seconds)[2] * 1000:.1f} ms")  # noqa: T201  a figure of the measurement


async def test_what_was_told_before_anybody_listened_is_heard(
    valkey: ValkeyProcess, wake: RedisWake
) -> None:
    jobs = [new_job() for _ in range(40)]
    await valkey.ask("FLUSHALL")
    await wake(jobs)
    async with Listener(valkey.url).listening() as late:
        for job_id in jobs:
            await late.hears(job_id)


async def test_each_is_told_to_one_of_two_listeners(
    valkey: ValkeyProcess, wake: RedisWake, listener: Listener
) -> None:
    async with Listener(valkey.url, listener.heard).listening():
        jobs = [new_job() for _ in range(50)]
        await wake(jobs)
        async with asyncio.timeout(PATIENCE):
            heard = [await listener.heard.get() for _ in jobs]
        assert sorted(heard) == sorted(map(str, jobs))
        assert listener.heard.empty()


async def test_nothing_that_was_heard_is_kept(
    valkey: ValkeyProcess, wake: RedisWake, listener: Listener
) -> None:
    job_id = new_job()
    await wake([job_id])
    await listener.hears(job_id)
    assert await valkey.ask("XLEN", STREAM) == 0
    pending = await valkey.ask("XPENDING", STREAM, "workers")
    assert not (pending["pending"] if isinstance(pending, dict) else pending[0])


@pytest.mark.parametrize(
    "command",
    [
        ("FLUSHALL",),
        ("XGROUP", "DESTROY", STREAM, "workers"),
        ("CLIENT", "KILL", "TYPE", "normal"),
    ],
    ids=" ".join,
)
async def test_it_listens_on_after(
    valkey: ValkeyProcess, wake: RedisWake, listener: Listener, command: tuple[str, ...]
) -> None:
    await told_until_heard(wake, listener)
    await valkey.ask(*command)
    seconds = await told_until_heard(wake, listener)
    print(f"\nheard again {seconds:.2f} s after {command[0]}")  # noqa: T201  a figure of the measurement


def events_of(logs: Sequence[Mapping[str, object]]) -> set[object]:
    return {line["event"] for line in logs}


async def test_it_listens_on_after_the_server_was_away(
    valkey: ValkeyProcess, wake: RedisWake, listener: Listener
) -> None:
    await told_until_heard(wake, listener)
    with capture_logs() as logs:
        await valkey.kill()
        await wake([new_job()])
        async with asyncio.timeout(PATIENCE):
            await until(lambda: {"wake.lost", "stream.unread"} <= events_of(logs), every=0.02)
    await valkey.start()
    seconds = await told_until_heard(wake, listener)
    print(f"\nheard again {seconds:.2f} s after the server came back")  # noqa: T201  a figure of the measurement


async def test_it_starts_before_the_server_does(tmp_path: Path) -> None:
    valkey = ValkeyProcess(tmp_path)
    async with Listener(valkey.url).listening() as listener, _broker(valkey.url) as broker:
        await valkey.start()
        await told_until_heard(RedisWake(broker), listener)
    await valkey.kill()


async def test_nonsense_is_passed_over(
    valkey: ValkeyProcess, wake: RedisWake, listener: Listener
) -> None:
    kicker: AsyncKicker[[int], None] = AsyncKicker("of_another_age", wake.broker, {})
    await kicker.kiq(5)
    await valkey.ask("XADD", STREAM, "*", "data", "no message")
    await valkey.ask("XADD", STREAM, "*", "data", '{"task_id": "x", "task_name": "run_job"}')
    await valkey.ask("XADD", STREAM, "*", "other", "field")
    job_id = new_job()
    await wake([job_id])
    await listener.hears(job_id)


async def test_a_key_that_is_no_stream_is_asked_for_less_and_less_often(
    valkey: ValkeyProcess, wake: RedisWake, listener: Listener
) -> None:
    await told_until_heard(wake, listener)
    with capture_logs() as logs:
        await valkey.ask("DEL", STREAM)
        await valkey.ask("SET", STREAM, "not a stream")

        def pauses() -> list[float]:
            return [line["retry_in"] for line in logs if line["event"] == "stream.unread"]

        async with asyncio.timeout(PATIENCE):
            await until(lambda: len(pauses()) >= 4, every=0.05)
        assert pauses()[:4] == [0.1, 0.2, 0.4, 0.8]
        await valkey.ask("DEL", STREAM)
        await told_until_heard(wake, listener)


async def test_a_server_that_does_not_answer_costs_half_a_second(
    valkey: ValkeyProcess, wake: RedisWake
) -> None:
    await wake([new_job()])
    valkey.freeze()
    try:
        with capture_logs() as logs:
            await wake([new_job() for _ in range(100)])
    finally:
        valkey.thaw()
    assert [(line["event"], line["jobs"]) for line in logs] == [("wake.lost", 100)], "one wait"
