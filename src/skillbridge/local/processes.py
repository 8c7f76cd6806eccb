"""Children of the local stack: started in their own group, logged, stopped, and never outliving us."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from skillbridge.local.account import Account
from skillbridge.local.errors import CannotStart
from skillbridge.local.home import Home
from skillbridge.local.logfiles import cut, tail, written
from skillbridge.local.records import drop_record, keep_record

STEP_LIMIT = 600.0  # seconds a one-off step may take
PR_SET_PDEATHSIG = 1  # linux/prctl.h
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Program:
    """What to run and how it likes to be stopped: the first signal asks, later ones insist."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    folder: Path
    account: Account | None = None
    stop_with: tuple[signal.Signals, ...] = (signal.SIGTERM,)
    grace: float = 8.0  # seconds from one signal to the next


@dataclass(frozen=True, slots=True)
class Child:
    """A started program."""

    program: Program
    process: asyncio.subprocess.Process
    log: Path
    log_start: int

    async def wait(self) -> int:
        return await self.process.wait()

    def output(self) -> str:
        """Return what it has written since it started."""
        return written(self.log, self.log_start)

    async def stop(self) -> None:
        """Stop it and whatever it started; returns when nothing of it is left."""
        for sign in self.program.stop_with:
            if await self._ends_by(sign):
                break
        else:
            await self._ends_by(signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    async def _ends_by(self, sign: signal.Signals) -> bool:
        with suppress(ProcessLookupError):
            self.process.send_signal(sign)
        try:
            async with asyncio.timeout(self.program.grace):
                await self.process.wait()
        except TimeoutError:
            return False
        return True


async def launch(program: Program, home: Home) -> Child:
    """Start the program with its output in `logs/<name>.log` and a record of it in `run/`."""
    log = home.logs / f"{program.name}.log"
    try:
        cut(log)
        with log.open("ab") as output:
            start = output.tell()
            process = await _spawn(program, output.fileno())
    except OSError as error:
        raise CannotStart(f"{program.command[0]} cannot be started: {error}") from error
    keep_record(home, program.name, process.pid, program.stop_with[0])
    return Child(program, process, log, start)


async def _spawn(program: Program, output: int) -> asyncio.subprocess.Process:
    account = program.account
    return await asyncio.create_subprocess_exec(
        *program.command,
        env=dict(program.env),
        cwd=program.folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=asyncio.subprocess.STDOUT,
        process_group=0,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=_leash(program.stop_with[0]),
    )


def _leash(sign: signal.Signals) -> Callable[[], None] | None:
    """Return what a new child does to be signalled when we die, however we die (Linux only).

    It runs after the change of user, which would undo it. The kernel watches the thread that
    starts the child: that has to be one that lives as long as the child may.
    """
    if LIBC is None:
        return None
    parent, libc = os.getpid(), LIBC

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(sign))
        if os.getppid() != parent:
            os._exit(1)

    return tie


@asynccontextmanager
async def started(program: Program, home: Home) -> AsyncIterator[Child]:
    """Run the program for the length of the block."""
    child = await launch(program, home)
    try:
        yield child
    finally:
        await child.stop()
        drop_record(home, program.name)


async def run_step(program: Program, home: Home) -> None:
    """Run a program to its end; anything but success stops the start with its last words."""
    async with started(program, home) as child:
        try:
            async with asyncio.timeout(STEP_LIMIT):
                code = await child.wait()
        except TimeoutError:
            raise CannotStart(
                f"{program.name} did not finish within {STEP_LIMIT:g} s; see {child.log}."
            ) from None
    if code:
        raise CannotStart(f"{program.name} failed ({how_it_ended(code)}).\n{last_words(child)}")


def how_it_ended(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def last_words(child: Child) -> str:
    """Return the end of what it wrote, and nothing of an earlier run's."""
    return f"{tail(child.log, since=child.log_start)}\nThe whole log: {child.log}"
