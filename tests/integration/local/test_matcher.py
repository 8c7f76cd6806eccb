"""The matcher arrives when it is built, and nobody waits for it; cargo is a stand-in here."""

import json
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.local.conftest import Diary, eventually, living
from tests.integration.local.run_up import STAND_IN

from skillbridge.entrypoints.local import Options, local_stack
from skillbridge.entrypoints.local.matcher import FALLBACK, find_source

pytestmark = pytest.mark.row("A6", "E1")
RUST_NEEDS = {"PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME"}
GIVEN = {"DATABASE_URL": "postgresql://given", "REDIS_URL": "redis://given"}


def script(path: Path, role: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec {" ".join(STAND_IN)} {role} "$@"\n')
    path.chmod(0o755)


@pytest.fixture
def with_cargo(options: Callable[..., Options], tmp_path: Path) -> Options:
    """Return options of a stack whose cargo waits for the word, and then yields our matcher."""
    script(tmp_path / "bin" / "cargo", "cargo")
    script(tmp_path / "built" / "matcher-server", "matcher")
    workspace = tmp_path / "checkout" / "matcher-rs"
    workspace.mkdir(parents=True)
    (workspace / "Cargo.toml").touch()
    env = GIVEN | {
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
        "BUILT": str(tmp_path / "built" / "matcher-server"),
    }
    return replace(options(env=env), checkout=tmp_path / "checkout")


@pytest.fixture
def with_real_cargo(options: Callable[..., Options], tmp_path: Path) -> Options:
    """Return options of a stack whose workspace is as a fresh clone has it: without a lock file."""
    if shutil.which("cargo") is None:
        pytest.skip("cargo is not here")
    workspace = tmp_path / "checkout" / "matcher-rs"
    (workspace / "src").mkdir(parents=True)
    (workspace / "Cargo.toml").write_text(
        '[package]\nname = "tiny"\nversion = "0.1.0"\nedition = "2021"\n'
    )
    (workspace / "src" / "main.rs").write_text(
        'fn main() { println!("{{\\"listening\\":\\"127.0.0.1:1\\"}}"); loop { std::thread::park(); } }'
    )
    kept = {name: value for name, value in os.environ.items() if name in RUST_NEEDS}
    return replace(options(env=GIVEN | kept), checkout=tmp_path / "checkout")


async def noted(diary: Diary, start: str, times: int = 1) -> str:
    """Wait until the diary has a line that starts so; return it."""

    def lines() -> list[str]:
        return [line for line in diary.lines if line.startswith(start)]

    await eventually(lambda: len(lines()) >= times)
    return lines()[-1]


async def cargo_ends(home: Path, code: int) -> None:
    """Let the stand-in cargo end with `code`, as soon as it reads its pipe."""

    def told() -> bool:
        try:
            pipe = os.open(home / "go", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False
        with os.fdopen(pipe, "w") as file:
            file.write(str(code))
        return True

    await eventually(told)


async def test_the_stack_is_ready_before_cargo_and_the_matcher_joins_later(
    with_cargo: Options, home: Path, diary: Diary
) -> None:
    url = home / "run" / "matcher.url"
    async with local_stack(with_cargo, diary):
        assert "matcher: cargo builds it meanwhile" in diary.lines
        assert not url.exists()
        await cargo_ends(home, 0)
        line = await noted(diary, "matcher ready at ")
        assert url.read_text() == line.removeprefix("matcher ready at ")
    assert not url.exists()
    assert living(home) == set()


async def test_a_fresh_clone_that_has_no_lock_file_is_built(
    with_real_cargo: Options, diary: Diary
) -> None:
    async with local_stack(with_real_cargo, diary):
        assert await noted(diary, "matcher ") == "matcher ready at http://127.0.0.1:1"


async def test_a_killed_matcher_is_started_again_at_its_new_address(
    with_cargo: Options, home: Path, diary: Diary
) -> None:
    async with local_stack(with_cargo, diary):
        await cargo_ends(home, 0)
        first = await noted(diary, "matcher ready at ")
        os.kill(json.loads((home / "run/matcher.json").read_text())["pid"], signal.SIGKILL)
        second = await noted(diary, "matcher ready at ", times=2)
        assert second != first
        assert (home / "run/matcher.url").read_text() in second


async def test_a_failed_build_leaves_the_fallback_and_says_where_to_look(
    with_cargo: Options, home: Path, diary: Diary
) -> None:
    async with local_stack(with_cargo, diary):
        await cargo_ends(home, 101)
        line = await noted(diary, "matcher not started")
    assert FALLBACK in line
    assert "error[E0308]: mismatched types" in line
    assert str(home / "logs" / "matcher-build.log") in line


async def test_stopping_in_the_middle_of_a_build_stops_cargo(
    with_cargo: Options, home: Path, diary: Diary
) -> None:
    async with local_stack(with_cargo, diary):
        assert (home / "run" / "matcher-build.json").exists()
    assert living(home) == set()


def test_without_source_or_cargo_the_reason_is_told(tmp_path: Path) -> None:
    assert find_source(None, {}) == f"no matcher-rs source here: {FALLBACK}"
    workspace = tmp_path / "matcher-rs"
    workspace.mkdir()
    (workspace / "Cargo.toml").touch()
    nothing = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    assert find_source(tmp_path, nothing) == f"no cargo here (https://rustup.rs): {FALLBACK}"
    script(tmp_path / ".cargo" / "bin" / "cargo", "cargo")
    source = find_source(tmp_path, nothing)
    assert not isinstance(source, str)
    assert source.cargo == tmp_path / ".cargo" / "bin" / "cargo"
