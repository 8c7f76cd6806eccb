"""The programs of SkillBridge as children, to be killed, frozen and stopped."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.timing.patience import PATIENCE

from skillbridge.local.waiting import until

CLEAN = ("DATABASE_", "REDIS_", "MATCHER_", "OPENAI_", "SKILLBRIDGE_", "SMTP_", "COV_")


@dataclass
class Program:
    """One child, in a process group of its own."""

    process: Process
    log: Path

    def said(self, event: str) -> list[dict[str, str]]:
        """What it logged of `event` so far."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        found = (json.loads(line) for line in lines if line.startswith("{"))
        return [line for line in found if line["event"] == event]

    async def says(self, event: str) -> None:
        async with asyncio.timeout(PATIENCE):
            await until(lambda: bool(self.said(event)) or self._gone(), every=0.02)

    def _gone(self) -> bool:
        assert self.process.returncode is None, self.log.read_text(encoding="utf-8")
        return False

    async def kill(self) -> None:
        """As `kill -9` does, children and all."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()

    def freeze(self) -> None:
        os.killpg(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.killpg(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        """As `kill` does."""
        self.process.terminate()

    async def ended(self) -> int:
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


async def run(*words: str, env: Mapping[str, str], log: Path) -> Program:
    """Starts `skillbridge …` with these settings and no others."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(CLEAN)}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "skillbridge", *words),
            env=inherited | dict(env),
            stdin=DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
        )
    return Program(process, log)
