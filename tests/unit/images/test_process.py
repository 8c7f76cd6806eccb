"""The reader is a process with bounds: it is fed, listened to, and ended whatever happens."""

import asyncio
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from tests.support.attacks.pictures import encoded
from tests.support.given.pictures import pieces
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.images import process, reader
from skillbridge.adapters.images.process import ReaderProcess
from skillbridge.application.uploads.ports import ImagesAway
from skillbridge.domain.uploads.avatar import UnfitImage
from skillbridge.domain.uploads.kind import Kind
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("D4")

ANSWERS = "import os; os.write(1, b'\\0\\0\\0\\x01x' * 2)"
"""A good one, were it not for what went before."""
BOUNDED = "from skillbridge.adapters.images import reader; reader.bound()\n"


def program(text: str) -> ReaderProcess:
    """In place of the reader, with its bounds around it."""
    return ReaderProcess([sys.executable, "-I", "-c", BOUNDED + text])


def children() -> list[psutil.Process]:
    """Readers alone: servers of other tests live beside them."""
    return [one for one in psutil.Process().children() if "images" in " ".join(one.cmdline())]


async def read(by: ReaderProcess, content: bytes = b"x") -> list[bytes]:
    async with asyncio.timeout(PATIENCE):
        return list(await by.squares(Kind.PNG, pieces(content), [64, 256]))


async def test_a_picture_is_read_in_another_process_that_is_gone_afterwards() -> None:
    small, large = await read(ReaderProcess(), encoded("PNG"))
    assert small.startswith(b"RIFF")
    assert len(small) < len(large)
    assert children() == []


async def test_what_the_reader_says_reaches_its_person() -> None:
    with pytest.raises(UnfitImage, match="cannot be read"):
        await read(ReaderProcess(), b"\x89PNG\r\n\x1a\n and no more")


async def test_the_reader_has_its_bounds_before_it_reads() -> None:
    text = """
import resource, signal
assert resource.getrlimit(resource.RLIMIT_AS) == (2**29, 2**29)
assert resource.getrlimit(resource.RLIMIT_CPU) == (6, 7)
assert resource.getrlimit(resource.RLIMIT_FSIZE) == (0, 0)
assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
assert 0 < signal.alarm(10) <= 10
"""
    assert await read(program(text + ANSWERS)) == [b"x", b"x"]


@pytest.mark.parametrize(
    "text",
    [
        "x = bytearray(reader.MEMORY)",
        "import os; os.write(os.open('file', os.O_CREAT | os.O_WRONLY), b'x')",
        "import os; [os.open('/', os.O_RDONLY) for _ in range(20)]",
    ],
    ids=["memory", "a file", "many files"],
)
async def test_beyond_its_bounds_there_is_nothing(text: str, tmp_path: Path) -> None:
    """Python ends with 1, and no picture: it is tried again, and given up at last."""
    there = f"import os; os.chdir({str(tmp_path)!r})"
    with pytest.raises(ImagesAway):
        await read(program(f"{there}\n{text}\n{ANSWERS}"))


@pytest.mark.parametrize("number", ["SIGXCPU", "SIGSEGV", "SIGABRT"])
async def test_a_picture_that_brings_the_reader_down_is_refused(number: str) -> None:
    with pytest.raises(UnfitImage, match="takes too much"):
        await read(program(f"import os, signal; os.kill(os.getpid(), signal.{number})"))


async def test_a_reader_that_works_without_end_is_ended_by_the_kernel() -> None:
    shorter = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 2));"
    with pytest.raises(UnfitImage):
        await read(program(shorter + "\nwhile True: pass"))


async def test_a_reader_that_waits_without_end_is_ended_by_its_own_alarm() -> None:
    with pytest.raises(ImagesAway):
        await read(program("import signal; signal.alarm(1); signal.pause()"))


async def test_a_reader_that_never_answers_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "WAIT", 0.2)
    with pytest.raises(ImagesAway):
        await read(program("import signal; signal.alarm(0); signal.pause()"))
    assert children() == []


async def test_one_that_is_killed_from_outside_is_no_fault_of_the_picture() -> None:
    begun = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield encoded("PNG")
        begun.set()
        await until(lambda: not children(), every=0.01)

    async def kill() -> None:
        await begun.wait()
        for one in children():
            os.kill(one.pid, signal.SIGKILL)

    killing = asyncio.create_task(kill())
    with pytest.raises(ImagesAway):
        await ReaderProcess().squares(Kind.PNG, slow(), [64])
    await killing


@pytest.mark.parametrize("said", ["", "print('abc')", "import os; os.write(1, b'\\0' * 2**21)"])
async def test_an_answer_that_is_none_is_not_believed(said: str) -> None:
    with pytest.raises(ImagesAway):
        await read(program(said))


async def test_who_does_not_wait_any_longer_leaves_no_reader_behind() -> None:
    task = asyncio.create_task(read(program("import signal; signal.alarm(0); signal.pause()")))
    await until(lambda: bool(children()), every=0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children() == []


async def test_one_that_waits_for_a_place_waits_for_no_longer_than_the_others_read() -> None:
    """Of five, two are read at a time."""
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, len(children()))
            await asyncio.sleep(0.005)

    watching, by = asyncio.create_task(watch()), program(ANSWERS)
    assert await asyncio.gather(*(read(by) for _ in range(5))) == [[b"x", b"x"]] * 5
    watching.cancel()
    assert most <= 2


def test_the_bounds_are_those_that_memory_is_planned_by() -> None:
    assert reader.MEMORY * process.AT_ONCE <= 2**30
    assert reader.CPU_SECONDS < reader.SECONDS < process.WAIT


def test_each_bound_is_set_and_none_can_be_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked of the module itself: a reader that is started imports what is installed."""
    limits: dict[int, tuple[int, int]] = {}
    alarms: list[int] = []
    monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)
    monkeypatch.setattr(signal, "alarm", alarms.append)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    reader.bound()
    assert limits == {
        resource.RLIMIT_AS: (2**29, 2**29),
        resource.RLIMIT_CPU: (6, 7),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NOFILE: (16, 16),
    }
    assert alarms == [10]
