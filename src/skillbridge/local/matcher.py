"""The Rust matcher, built and started in the background: nobody waits for a compiler.

Its address is written to `<home>/run/matcher.url` when it listens; the API and the worker look
there and rank with the Python fallback until then.
"""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skillbridge.local.beside import beside
from skillbridge.local.errors import CannotStart
from skillbridge.local.home import Home
from skillbridge.local.keys import write_private
from skillbridge.local.processes import Child, Program, last_words, started
from skillbridge.local.supervisor import Supervisor, Tell, watched
from skillbridge.local.waiting import until

LOOK_AGAIN = 0.05  # seconds
GRACE = 12.0  # seconds; the matcher gives its last requests 10
SERVER = "matcher-server"
"""The package and the program of that name; the workspace has others, in no order."""
BUILD = (
    *("build", "--release", "--package", SERVER, "--bin", SERVER),
    "--message-format=json-render-diagnostics",
)
FALLBACK = "suggestions come from the Python fallback"


@dataclass(frozen=True, slots=True)
class Source:
    """What the matcher is built with: cargo, the workspace, and what cargo may know."""

    cargo: Path
    workspace: Path
    env: Mapping[str, str]


def find_source(checkout: Path | None, env: Mapping[str, str]) -> Source | str:
    """Return what to build the matcher with in `env`, or why it cannot be built."""
    workspace = checkout / "matcher-rs" if checkout else None
    if workspace is None or not (workspace / "Cargo.toml").is_file():
        return f"no matcher-rs source here: {FALLBACK}"
    rustup = Path(env.get("CARGO_HOME") or Path(env.get("HOME", "/")) / ".cargo") / "bin"
    found = shutil.which("cargo", path=f"{env.get('PATH', os.defpath)}{os.pathsep}{rustup}")
    if found is None:
        return f"no cargo here (https://rustup.rs): {FALLBACK}"
    return Source(Path(found), workspace, env)


@asynccontextmanager
async def background_matcher(
    source: Source, home: Home, env: Mapping[str, str], tell: Tell
) -> AsyncIterator[None]:
    """Build it and run it with `env` beside the block, and stop either at its end."""
    home.matcher_url.unlink(missing_ok=True)
    try:
        async with beside(_build_and_run(source, home, env, tell)):
            yield
    finally:
        home.matcher_url.unlink(missing_ok=True)


async def _build_and_run(source: Source, home: Home, env: Mapping[str, str], tell: Tell) -> None:
    try:
        binary = await _build(source, home)
        command = (str(binary), "--port", "0")
        program = Program("matcher", command, env, source.workspace, grace=GRACE)

        async def listens(child: Child) -> None:
            await until(lambda: bool(_addresses(child)), every=LOOK_AGAIN)
            url = _addresses(child)[0]
            write_private(home.matcher_url, url)
            tell(f"matcher ready at {url}")

        supervisor = Supervisor(program, home, tell, ready=listens)
        await supervisor.start()
        async with watched(supervisor):
            await asyncio.Event().wait()
    except CannotStart as error:
        tell(f"matcher not started, {FALLBACK}: {error}")


async def _build(source: Source, home: Home) -> Path:
    """Return the server's binary; cargo itself knows whether there is anything to do."""
    command = ("nice", "-n", "10", str(source.cargo), *BUILD)
    async with started(
        Program("matcher-build", command, source.env, source.workspace), home
    ) as child:
        code = await child.wait()
    binary = server_among(child.output())
    if code or binary is None:
        raise CannotStart(f"cargo could not build it.\n{last_words(child)}")
    return binary


def server_among(messages: str) -> Path | None:
    """Return the server's binary among what cargo says that it made; None if it is not there.

    The messages are described in the Cargo book, under "External tools".
    """
    for message in _json_lines(messages):
        target = message.get("target") or {}
        if target.get("name") == SERVER and "bin" in target["kind"] and message.get("executable"):
            return Path(message["executable"])
    return None


def _addresses(child: Child) -> list[str]:
    lines = _json_lines(child.output())
    return [f"http://{line['listening']}" for line in lines if "listening" in line]


def _json_lines(text: str) -> Iterator[dict[str, Any]]:
    """Yields the complete lines that are objects; a compiler's own words lie between them."""
    for line in text.splitlines(keepends=True):
        if line.startswith("{") and line.endswith("}\n"):
            with suppress(ValueError):
                yield json.loads(line)
