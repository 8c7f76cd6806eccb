"""Folders and stand-ins for the tests of the local stack; nothing of them stays behind."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.integration.local.run_up import stand_ins
from tests.support.timing.patience import PATIENCE

from skillbridge.local import Options
from skillbridge.local import servers as servers_module
from skillbridge.local.ports import free_port
from skillbridge.local.waiting import until

CLEAN = (
    *("DATABASE_URL", "DATABASE_AUTH_URL", "DATABASE_WORKER_URL", "DATABASE_ADMIN_URL"),
    *("REDIS_URL", "MATCHER_URL"),
)


class Diary:
    """A Progress that remembers: finished steps and notes in their order."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        yield
        self.lines.append(title)

    def note(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that every account may pass through, as /var/lib is."""
    folder = Path(tempfile.mkdtemp(prefix="skillbridge-test-"))
    folder.chmod(0o711)
    yield folder
    for pid in living(folder):  # only a test that failed leaves any
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def _elsewhere(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what root's servers leave outside of the data folder inside of the test."""
    monkeypatch.setattr(servers_module, "REACHABLE", open_folder / "var-lib")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a data folder to be; as root it is in a place the servers' account cannot reach."""
    return tmp_path / "home"


@pytest.fixture
def plain_env() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in CLEAN}


@pytest.fixture
def options(home: Path, plain_env: Mapping[str, str]) -> Callable[..., Options]:
    """Return a maker of options for a stack of stand-ins on a free port."""

    def make(*, env: Mapping[str, str] | None = None, **roles: str) -> Options:
        return Options(
            home, dict(plain_env) | dict(env or {}), free_port(), commands=stand_ins(**roles),
            checkout=None,
        )  # fmt: skip

    return make


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait for what no event tells of: another's file, another's process."""
    async with asyncio.timeout(PATIENCE):
        await until(holds, every=0.03)


def living(home: Path) -> set[int]:
    """Return the processes that serve a data folder, known by what /proc shows of them."""
    servers = (home / "servers").resolve()
    marks = {os.fsencode(home), os.fsencode(servers)}
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            shown = b"\0".join((process / part).read_bytes() for part in ("cmdline", "environ"))
            shown += os.fsencode((process / "cwd").readlink())  # PostgreSQL's works in its data
        except OSError:
            continue
        if any(mark in shown for mark in marks):
            found.add(int(process.name))
    return found - {os.getpid()}


async def all_gone(home: Path) -> None:
    """What was killed and is nobody's child any more takes a moment to go."""
    await eventually(lambda: not living(home))
