"""The real matcher as a child process: built once, started on a free port, killed at will."""

import asyncio
import json
import shutil
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.support.timing.patience import PATIENCE

WORKSPACE = Path(__file__).parents[3] / "matcher-rs"
BINARY = WORKSPACE / "target" / "release" / "matcher-server"


async def built() -> Path:
    """The binary, brought up to date by cargo; skips where neither is."""
    cargo = shutil.which("cargo")
    if cargo is None:
        if BINARY.exists():
            return BINARY
        pytest.skip("cargo is absent and the matcher is not built")
    making = await asyncio.create_subprocess_exec(
        cargo, "build", "--release", "--quiet", "--package", "matcher-server", cwd=WORKSPACE
    )
    assert await making.wait() == 0
    return BINARY


@dataclass
class MatcherProcess:
    """One matcher, which may come back on the same port."""

    binary: Path
    port: int = 0
    secret: str = ""
    """What callers must know; anybody may ask without one."""
    child: Process | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> "MatcherProcess":
        guard = () if self.secret else ("--open",)
        self.child = await asyncio.create_subprocess_exec(
            self.binary,
            *guard,
            *("--port", str(self.port)),
            env={"MATCHER_SECRET": self.secret} if self.secret else {},
            stdout=PIPE,
            stderr=DEVNULL,
        )
        assert self.child.stdout is not None
        line = await asyncio.wait_for(self.child.stdout.readline(), PATIENCE)
        self.port = int(json.loads(line)["listening"].rsplit(":", 1)[1])
        return self

    async def kill(self) -> None:
        """As `kill -9` does."""
        if self.child is not None:
            with suppress(ProcessLookupError):
                self.child.kill()
            await self.child.communicate()
            self.child = None

    async def stop(self) -> int:
        """As `kill` does; the exit status."""
        assert self.child is not None
        self.child.terminate()
        status = await asyncio.wait_for(self.child.wait(), PATIENCE)
        await self.child.communicate()
        self.child = None
        return status
