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
from taskiq.receiver import Receiver
from tests.support.servers.valkey_process import ValkeyProcess
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.redis.streams import LOOK, RedisWake, WakeBroker, pause_after
from skillbridge.domain.ids import JobId
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("L1")

STREAM = "skillbridge:jobs"


@dataclass
class Listener:
    """A worker's ear, as `worker.process` makes it: notes that it was told to look."""

    url: str
    heard: asyncio.Queue[float] = field(default_factory=asyncio.Queue)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Listener"]:
        async with _broker(self.url) as broker:
            broker.is_worker_process = True

            async def note() -> None:
                self.heard.put_nowait(time.monotonic())

            broker.register_task(note, LOOK)
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

    async def hears(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.heard.get()


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
    while not listener.heard.empty():
        listener.heard.get_nowait()
    begun, hearing = time.monotonic(), asyncio.create_task(listener.heard.get())
    async with asyncio.timeout(PATIENCE):
        while not hearing.done():
            await wake([new_job()])
            await asyncio.wait((hearing,), timeout=0.1)
    return time.monotonic() - begun


async def test_a_worker_hears_at_once(wake: RedisWake, listener: Listener) -> None:
    await told_until_heard(wake, listener)
    seconds = []
    for _ in range(5):
        begun = time.monotonic()
        await wake([new_job()])
        await listener.hears()
        seconds.append(time.monotonic() - begun)
    print(f"\nwake-up: {sorted(seconds)[2] * 1000:.1f} ms")  # noqa: T201  a figure of the measurement


async def test_all_that_one_transaction_planned_is_one_message(
    valkey: ValkeyProcess, wake: RedisWake
) -> None:
    await wake([new_job() for _ in range(100)])
    assert await valkey.ask("XLEN", STREAM) == 1


async def test_what_was_told_before_anybody_listened_is_one_look(
    valkey: ValkeyProcess, wake: RedisWake
) -> None:
    await valkey.ask("FLUSHALL")
    for _ in range(40):
        await wake([new_job()])
    async with Listener(valkey.url).listening() as late:
        await late.hears()
        assert await valkey.ask("XLEN", STREAM) == 0
    assert late.heard.empty()


async def test_each_is_told_to_one_of_two_listeners(
    valkey: ValkeyProcess, wake: RedisWake, listener: Listener
) -> None:
    async with Listener(valkey.url, listener.heard).listening():
        for _ in range(20):
            await wake([new_job()])
            await listener.hears()
    assert listener.heard.empty()


async def test_nothing_that_was_heard_is_kept(
    valkey: ValkeyProcess, wake: RedisWake, listener: Listener
) -> None:
    await wake([new_job()])
    await listener.hears()
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


def events_of(logs: Sequence[Mapping[str, str]]) -> list[str]:
    return [line["event"] for line in logs]


async def test_it_listens_on_after_the_server_was_away(
    valkey: ValkeyProcess, wake: RedisWake, listener: Listener
) -> None:
    await told_until_heard(wake, listener)
    with capture_logs() as logs:
        await valkey.kill()
        await wake([new_job()])
        await wake([new_job()])
        async with asyncio.timeout(PATIENCE):
            await until(lambda: {"wake.lost", "wake.unheard"} <= {*events_of(logs)}, every=0.02)
        await valkey.start()
        seconds = await told_until_heard(wake, listener)
    told = sorted(events_of(logs))
    assert told == ["wake.heard", "wake.lost", "wake.told", "wake.unheard"], "each change once"
    print(f"\nheard again {seconds:.2f} s after the server came back")  # noqa: T201  a figure of the measurement


async def test_it_starts_before_the_server_does(tmp_path: Path) -> None:
    valkey = ValkeyProcess(tmp_path)
    async with Listener(valkey.url).listening() as listener, _broker(valkey.url) as broker:
        await valkey.start()
        await told_until_heard(RedisWake(broker), listener)
    await valkey.kill()


@pytest.mark.parametrize(
    "said", [("data", "no message"), ("data", '{"task_name": "run_job"}'), ("other", "field")]
)
async def test_whatever_is_said_it_is_a_look(
    valkey: ValkeyProcess, listener: Listener, said: tuple[str, str]
) -> None:
    """A program of another age says it differently, and means the same."""
    await valkey.ask("XADD", STREAM, "*", *said)
    await listener.hears()


def test_a_server_that_is_away_is_asked_less_and_less_often() -> None:
    pauses = [pause_after(tries) for tries in range(1, 9)]
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5]
    assert pause_after(1_000_000) == 5


async def test_a_key_that_is_no_stream_is_asked_for_again_and_told_of_once(
    valkey: ValkeyProcess, wake: RedisWake, listener: Listener
) -> None:
    await told_until_heard(wake, listener)
    with capture_logs() as logs:
        await valkey.ask("DEL", STREAM)
        await valkey.ask("SET", STREAM, "not a stream")
        async with asyncio.timeout(PATIENCE):
            await until(lambda: "wake.unheard" in events_of(logs), every=0.05)
        await asyncio.sleep(sum(map(pause_after, (1, 2))))  # for some more tries
        await valkey.ask("DEL", STREAM)
        await told_until_heard(wake, listener)
    assert events_of(logs) == ["wake.unheard", "wake.heard"]


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
