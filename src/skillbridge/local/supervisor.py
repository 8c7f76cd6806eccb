"""Keeping a child alive: ready before it counts as started, started again when it dies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from skillbridge.local.beside import beside
from skillbridge.local.errors import CannotStart
from skillbridge.local.home import Home
from skillbridge.local.keys import write_private
from skillbridge.local.ports import free_port, is_free
from skillbridge.local.processes import (
    Child,
    Program,
    how_it_ended,
    last_words,
    launch,
)
from skillbridge.local.records import drop_record

ATTEMPTS = 3  # another program may take a port between our choice and the server's bind
Ready = Callable[[Child], Awaitable[None]]
Tell = Callable[[str], None]


async def at_once(_child: Child) -> None:
    """Be ready as soon as the process exists: for programs nobody connects to."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How patiently a child is kept alive; all in seconds."""

    ready_within: float = 300.0  # a child that ends is noticed at once; this is for one that hangs
    first_delay: float = 0.5
    longest_delay: float = 30.0
    steady_after: float = 60.0  # a life this long forgives the earlier deaths


@dataclass(slots=True)
class Supervisor:
    """One program and its present process."""

    program: Program
    home: Home
    tell: Tell
    ready: Ready = at_once
    pace: Pace = Pace()
    child: Child | None = None
    _called_for: bool = field(default=False, init=False)

    async def start(self) -> None:
        """Start it and wait until it is ready; CannotStart if it dies or dawdles before that."""
        self.child = await launch(self.program, self.home)
        try:
            await self._until_ready(self.child)
        except BaseException:
            await self.stop()
            raise

    async def watch(self) -> None:
        """Start the child again whenever it ends, ever more slowly while it keeps dying."""
        loop, delay = asyncio.get_running_loop(), self.pace.first_delay
        while True:
            began = loop.time()
            how = await self._end_of_life()
            if loop.time() - began >= self.pace.steady_after:
                delay = self.pace.first_delay
            if self._called_for:
                self._called_for, delay = False, self.pace.first_delay
            else:
                self.tell(f"{self.program.name} {how}; again in {delay:g} s")
                await asyncio.sleep(delay)
                delay = min(delay * 2, self.pace.longest_delay)
            try:
                await self.start()
            except CannotStart as error:
                if not self._called_for:  # else it did not fail: we ended it while it started
                    self.tell(str(error))

    async def restart(self) -> None:
        """End the child; `watch` starts it again at once."""
        self._called_for = True
        if self.child:
            await self.child.stop()

    async def stop(self) -> None:
        if self.child:
            await self.child.stop()
            self.child = None
        drop_record(self.home, self.program.name)

    async def _end_of_life(self) -> str:
        """Wait until the child ends, clear up what it leaves, and say how it ended."""
        if self.child is None:
            return "did not start"
        code = await self.child.wait()
        await self.stop()
        return f"ended ({how_it_ended(code)})"

    async def _until_ready(self, child: Child) -> None:
        ready = asyncio.ensure_future(self.ready(child))
        ended = asyncio.ensure_future(child.wait())
        try:
            await asyncio.wait(
                (ready, ended),
                timeout=self.pace.ready_within,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if ready.done():
                return ready.result()
        finally:
            ready.cancel()
            ended.cancel()
        what = how_it_ended(ended.result()) if ended.done() else "too slow"
        raise CannotStart(f"{self.program.name} did not start ({what}).\n{last_words(child)}")


@asynccontextmanager
async def watched(supervisor: Supervisor) -> AsyncIterator[None]:
    """Keep a started supervisor's child alive for the length of the block, then stop it."""
    try:
        async with beside(supervisor.watch()):
            yield
    finally:
        await supervisor.stop()


@asynccontextmanager
async def kept_alive(supervisor: Supervisor) -> AsyncIterator[None]:
    """Start the child, wait until it is ready, and keep it alive for the length of the block."""
    await supervisor.start()
    async with watched(supervisor):
        yield


@asynccontextmanager
async def on_a_free_port(make: Callable[[int], Supervisor], memory: Path) -> AsyncIterator[int]:
    """Keep a server alive on a free port: the one of last time, noted in `memory`, if it can be."""
    supervisor, port = await _started(make, free_port(_remembered(memory)), ATTEMPTS)
    async with watched(supervisor):
        _remember(memory, port)
        yield port


async def _started(
    make: Callable[[int], Supervisor], port: int, attempts: int
) -> tuple[Supervisor, int]:
    """Start a server; one that fails while its port is free has a trouble no other port cures."""
    supervisor = make(port)
    try:
        await supervisor.start()
    except CannotStart:
        if attempts == 1 or is_free(port):
            raise
        return await _started(make, free_port(), attempts - 1)
    return supervisor, port


def _remembered(memory: Path) -> int | None:
    return int(memory.read_text()) if memory.exists() else None


def _remember(memory: Path, port: int) -> None:
    write_private(memory, str(port))
