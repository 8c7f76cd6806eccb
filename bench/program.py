"""A program under measurement that answers one JSON line to one JSON line."""

import asyncio
import json
import os
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

ANSWER_SECONDS = 300
LONGEST_LINE = 1 << 26


class Silent(Exception):
    """A program under measurement ended, or said nothing for five minutes."""


@dataclass(frozen=True, slots=True)
class Program:
    """A running one."""

    process: Process

    async def ask(self, **command: object) -> dict[str, Any]:
        """Raises Silent."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        try:
            line = await asyncio.wait_for(self.process.stdout.readline(), ANSWER_SECONDS)
        except TimeoutError as error:
            raise Silent(f"no answer to {command}") from error
        if not line:
            raise Silent(f"the program ended at {command}")
        answer: dict[str, Any] = json.loads(line)
        return answer


@asynccontextmanager
async def program(command: Sequence[str], cpus: frozenset[int]) -> AsyncIterator[Program]:
    """Starts the command on these cores alone, and ends it."""
    pinned = ("taskset", "--cpu-list", ",".join(map(str, sorted(cpus))), *command)
    one_thread_each = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    process = await asyncio.create_subprocess_exec(
        *pinned,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        limit=LONGEST_LINE,
        env={**os.environ, **one_thread_each},
    )
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
