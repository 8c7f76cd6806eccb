"""Which requests begin, which wait for their turn, and which are refused before anything is done."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs
from tests.support.timing.patience import PATIENCE

from skillbridge.entrypoints.http.server import admission as module
from skillbridge.entrypoints.http.server.admission import Admission


@dataclass
class Now:
    """A clock that the test moves."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Process:
    """Requests that come to it, and how each fared."""

    admission: Admission
    now: Now
    fared: dict[int, bool] = field(default_factory=dict)
    waiting: dict[int, asyncio.Task[None]] = field(default_factory=dict)

    async def comes(self, *numbers: int, path: str = "/v1/me") -> None:
        for number in numbers:
            if self.admission.working < self.admission.at_once:
                self.admission.working += 1
                self.fared[number] = True
            else:
                self.waiting[number] = asyncio.create_task(self._waits(number, path))
        await self.settles()

    async def serves(self, number: int, *, each: float) -> None:
        """So many turns, each after so many seconds."""
        for _ in range(number):
            self.now.at += each
            self.admission.done()
            await self.settles()

    async def settles(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def _waits(self, number: int, path: str) -> None:
        self.fared[number] = await self.admission.turn(path)


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Process:
    monkeypatch.setattr(module, "log", structlog.get_logger())
    now = Now()
    return Process(Admission(at_once=2, wait=10.0, seconds=now), now)


async def test_what_finds_a_place_begins_and_the_rest_waits_in_its_order(process: Process) -> None:
    await process.comes(*range(5))
    assert process.fared == {0: True, 1: True}
    await process.serves(1, each=0.1)
    assert process.fared == {0: True, 1: True, 2: True}
    await process.serves(4, each=0.1)
    assert process.fared == dict.fromkeys(range(5), True)
    assert process.admission.working == 0


async def test_who_would_wait_too_long_is_refused_at_once(process: Process) -> None:
    await process.comes(*range(3))
    await process.serves(1, each=4)
    assert process.admission.pace == 4, "the first turn is what is known"
    for number in range(3, 103):
        await process.comes(number)
        await process.serves(1, each=1)
    assert process.admission.pace == pytest.approx(1, abs=0.01), "then what passes lately"
    process.admission.wait = 10.5
    await process.comes(*range(200, 215))
    refused = [number for number, admitted in process.fared.items() if not admitted]
    assert refused == list(range(211, 215)), (
        "eleven: of those ahead of the last, ten seconds' worth"
    )
    await process.serves(13, each=0.1)
    assert all(process.fared[number] for number in range(200, 211))


async def test_a_promise_that_is_not_kept_ends_in_a_refusal_and_is_learnt_from(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    process.admission.wait = 1.0
    timers: list[tuple[float, Callable[[], None]]] = []
    loop = asyncio.get_running_loop()

    def call_later(after: float, what: Callable[[], None]) -> object:
        timers.append((after, what))
        return object()

    monkeypatch.setattr(loop, "call_later", call_later)
    await process.comes(*range(6))
    process.now.at += 0.25
    await process.comes(6)
    [(after, refuse_late)] = timers
    assert after == 1.0
    process.now.at += 0.75
    refuse_late()
    await process.settles()
    assert process.fared == {0: True, 1: True, **dict.fromkeys(range(2, 6), False)}
    assert process.admission.pace > 0
    (after, refuse_late) = timers[1]
    assert after == 0.25, "the one that came later has its time still"
    await process.serves(1, each=0)
    assert process.fared[6]
    refuse_late()
    assert len(timers) == 2, "with nobody waiting there is nothing to look for"
    await process.comes(7, 8)
    assert len(timers) == 3


async def test_health_never_waits(process: Process) -> None:
    process.admission.wait = -1.0
    await process.comes(*range(4))
    assert process.fared == {0: True, 1: True, 2: False, 3: False}
    await process.comes(4, path="/health/live")
    await process.comes(5, path="/health/ready")
    await process.comes(6, path="/healthy")
    assert [process.fared[number] for number in (4, 5, 6)] == [True, True, False]
    await process.serves(4, each=0.1)
    assert process.admission.working == 0


async def test_whoever_leaves_the_queue_takes_no_turn(process: Process) -> None:
    await process.comes(*range(5))
    process.waiting[2].cancel()
    await process.settles()
    await process.serves(1, each=0.1)
    assert 2 not in process.fared
    assert process.fared[3]
    assert process.admission.working == 2


async def test_a_turn_that_comes_as_its_request_leaves_goes_to_the_next(process: Process) -> None:
    await process.comes(*range(4))
    process.admission.done()  # the turn of 2, which is cancelled before it knows
    process.waiting[2].cancel()
    await process.settles()
    assert (2 in process.fared, process.fared[3], process.admission.working) == (False, True, 2)


async def test_what_is_aside_is_not_in_work(process: Process) -> None:
    await process.comes(*range(4))
    with process.admission.aside():
        await process.settles()
        assert process.fared == {0: True, 1: True, 2: True}
    assert process.admission.working == 3, "it comes back without waiting"
    await process.serves(1, each=0.1)
    assert 3 not in process.fared, "and no place is made of it"
    await process.serves(1, each=0.1)
    assert process.fared[3]


class Client:
    """Sends its body when it is told to."""

    def __init__(self) -> None:
        self.sends = asyncio.Event()

    async def receive(self) -> Any:
        await self.sends.wait()
        return {"type": "http.request", "body": b"", "more_body": False}


async def test_a_client_that_is_slow_to_send_its_body_holds_nobody_up(process: Process) -> None:
    slow = Client()
    await process.comes(*range(6))
    reading = [asyncio.ensure_future(process.admission.beside(slow.receive)()) for _ in range(2)]
    await process.settles()
    assert process.fared == dict.fromkeys(range(4), True), "their two places are taken by others"
    slow.sends.set()
    await process.settles()
    assert not any(read.done() for read in reading), "what has its body waits for a place again"
    await process.serves(2, each=0.1)
    assert all(read.done() for read in reading), "and goes on before others begin"
    assert 4 not in process.fared
    await process.serves(4, each=0.1)
    assert process.admission.working == 0


@pytest.mark.parametrize("when", ["while it waits for its body", "while it waits for a place"])
async def test_a_client_that_leaves_with_half_a_body_leaves_no_trace(
    process: Process, when: str
) -> None:
    client = Client()
    await process.comes(*range(4))

    async def request() -> None:
        try:
            await process.admission.beside(client.receive)()
        finally:
            process.admission.done()

    posting = asyncio.ensure_future(request())
    await process.settles()
    if when == "while it waits for a place":
        client.sends.set()
        await process.settles()
    posting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await posting
    await process.serves(3, each=0.1)
    assert process.admission.working == 0


@pytest.mark.parametrize(
    ("between_turns", "refusals_a_second"), [(0, 1000), (0.0005, 500), (0.001, 250), (1, 100)]
)
async def test_refusals_beyond_what_is_set_aside_for_them_are_held(
    process: Process,
    monkeypatch: pytest.MonkeyPatch,
    between_turns: float,
    refusals_a_second: int,
) -> None:
    held: list[float] = []

    async def sleep(seconds: float) -> None:
        held.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(process.admission, "working", 2)
    process.admission.wait, process.admission.pace = -1.0, between_turns
    with capture_logs() as logs:
        refused = [await process.admission.turn("/v1/me") for _ in range(5_000)]
        assert not any(refused)
        at_once = 5_000 - len(held)
        assert at_once == pytest.approx(refusals_a_second * module.BURST, abs=1)
        assert held == sorted(held)
        assert held[-1] == pytest.approx(module.HELD)
        process.now.at += module.HELD
        await process.admission.turn("/v1/me")
        assert len(held) == 5_000 - at_once, "time makes room for more"
        process.admission.done()
        process.admission.done()
    assert [(line["event"], line.get("refused")) for line in logs] == [
        ("requests.refused", None),
        ("requests.admitted", 5_001),
    ], "a line for each change of state, none for each refusal"


async def test_nothing_is_told_while_nothing_is_refused(process: Process) -> None:
    with capture_logs() as logs:
        await process.comes(*range(20))
        await process.serves(20, each=0.1)
    assert logs == []
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*process.waiting.values())
