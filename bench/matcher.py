"""The matcher beside DuckDB, numpy, OR-Tools, SciPy, lapx and matching, on equal answers."""

import asyncio
import json
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from bench import assignment, families, ranking
from bench.figures import Goal
from bench.machine import Cores
from bench.sheet import Sheet, Tell

WORKSPACE = Path(__file__).parents[1] / "matcher-rs"
BUILD_SECONDS = 900


class NoCargo(Exception):
    """The matcher cannot be built."""


async def measure(cores: Cores, *, tell: Tell) -> tuple[list[Sheet], list[Goal]]:
    """Raises NoCargo, Unequal or Silent."""
    tell("building the matcher (quick when it is built)")
    binary, server = await _built("matcher-bench"), await _built("matcher-server")
    ranked = await ranking.measure(binary, server, cores, tell=tell)
    shared = await assignment.measure(binary, cores, more=families.CONTESTS, tell=tell)
    sheet, goal = await families.ways(binary, cores, tell=tell)
    return [*ranked[0], *shared[0], sheet], [*ranked[1], *shared[1], goal]


async def _built(package: str) -> Path:
    """The binary, brought up to date by cargo."""
    cargo = shutil.which("cargo", path=f"{os.environ['PATH']}:{Path.home()}/.cargo/bin")
    if cargo is None:
        raise NoCargo("cargo is not here, so there is no matcher to measure: https://rustup.rs")
    command = ("build", "--release", "--package", package, "--message-format=json")
    process = await asyncio.create_subprocess_exec(
        cargo, *command, cwd=WORKSPACE, stdout=PIPE, stderr=DEVNULL
    )
    output, _ = await asyncio.wait_for(process.communicate(), BUILD_SECONDS)
    told = [json.loads(line) for line in output.splitlines()]
    found = [message["executable"] for message in told if message.get("executable")]
    if process.returncode or not found:
        raise NoCargo(
            "cargo could not build the matcher: run `cargo build --release` in matcher-rs"
        )
    return Path(found[-1])
