"""`skillbridge …` as a process of its own."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.support.timing.patience import PATIENCE

LOGGED = 1 << 26
"""Bytes that wait to be read by a test: a full pipe would hold the program up."""
LIVE: dict[Process, str] = {}
"""What runs now, and by which command."""
LEFT: list[tuple[str, str]] = []
"""What those said that a test left by failing."""


def unread() -> list[tuple[str, str]]:
    """What a test that failed has not read of the programs beside it: titles and texts, told once."""
    told = [*LEFT, *(_told(process) for process in LIVE)]
    LEFT.clear()
    return told


def _told(process: Process) -> tuple[str, str]:
    buffer: bytearray = vars(process.stdout)["_buffer"]  # reading it would take it from the test
    title = f"{LIVE[process]}, exit code {process.returncode}"
    return title, buffer.decode(errors="replace")[-10_000:]


@asynccontextmanager
async def program(*command: str, **variables: str) -> AsyncIterator[Process]:
    """Its output is a pipe; whatever is left of it at the end is killed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "skillbridge", *command, env=env | variables, stdin=DEVNULL,
        stdout=PIPE, stderr=STDOUT, start_new_session=True, limit=LOGGED,
    )  # fmt: skip
    LIVE[process] = " ".join(command)
    try:
        yield process
    except BaseException:
        LEFT.append(_told(process))
        raise
    finally:
        del LIVE[process]
        with suppress(ProcessLookupError):  # its children hold the pipe, too
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


async def said(process: Process, words: str, *, within: float = PATIENCE) -> str:
    """The line with these words, as soon as it comes."""
    assert process.stdout is not None
    async with asyncio.timeout(within):
        async for line in process.stdout:
            if words.encode() in line:
                return line.decode()
    raise AssertionError(f"it ended ({process.returncode}) without saying {words!r}")


async def ended(process: Process, *, within: float = PATIENCE) -> int:
    """Its exit code after SIGTERM."""
    process.terminate()
    async with asyncio.timeout(within):
        await process.communicate()
    return process.returncode if process.returncode is not None else -1
