"""The matcher arrives when it is built, and nobody waits for it; cargo is a stand-in here."""

import json
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from tests.integration.local.conftest import Diary, all_gone, eventually
from tests.integration.local.run_up import STAND_IN

from skillbridge.local import Options, local_stack
from skillbridge.local.home import make_home
from skillbridge.local.matcher import FALLBACK, find_source, server_among

pytestmark = pytest.mark.row("A6", "E1")
RUST_NEEDS = {"PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME"}
TINY = {
    "matcher-bench": "fn main() {}",
    "matcher-server": 'fn main() { println!("{{\\"listening\\":\\"127.0.0.1:1\\"}}"); '
    "loop { std::thread::park(); } }",
}
"""Two programs of one workspace: the one that is wanted, and one that cargo may name after it."""
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
        "CARGO_BUILT": str(tmp_path / "built" / "matcher-server"),
    }
    return replace(options(env=env), checkout=tmp_path / "checkout")


@pytest.fixture
def with_real_cargo(options: Callable[..., Options], tmp_path: Path) -> Options:
    """Return options of a stack whose workspace is as a fresh clone has it: without a lock file."""
    if shutil.which("cargo") is None:
        pytest.skip("cargo is not here")
    workspace = tmp_path / "checkout" / "matcher-rs"
    for name, main in TINY.items():
        (workspace / name / "src").mkdir(parents=True)
        (workspace / name / "Cargo.toml").write_text(
            f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n'
        )
        (workspace / name / "src" / "main.rs").write_text(main)
    (workspace / "Cargo.toml").write_text(f"[workspace]\nmembers = {json.dumps([*TINY])}\n")
    kept = {name: value for name, value in os.environ.items() if name in RUST_NEEDS}
    return replace(options(env=GIVEN | kept), checkout=tmp_path / "checkout")


def seen(home: Path, role: str) -> set[str]:
    """The names of the variables that a stand-in was given."""
    return set(json.loads((home / f"seen-{role}.json").read_text()))


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
        assert "MATCHER_SECRET" in seen(home, "matcher")
        assert "MATCHER_SECRET" not in seen(home, "cargo")
    assert not url.exists()
    await all_gone(home)


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


async def test_a_failed_build_shows_nothing_of_an_earlier_run(
    with_cargo: Options, home: Path, diary: Diary
) -> None:
    make_home(home)
    (home / "logs" / "matcher-build.log").write_text("error: of an earlier run\n")
    async with local_stack(with_cargo, diary):
        await cargo_ends(home, 101)
        line = await noted(diary, "matcher not started")
    assert "error[E0308]: mismatched types" in line
    assert "earlier" not in line


ARTEFACTS = [
    json.dumps(message)
    for message in (
        {"reason": "compiler-artifact", "executable": None,
         "target": {"kind": ["lib"], "crate_types": ["lib"], "name": "matcher_server"}},
        {"reason": "compiler-artifact", "executable": "/target/release/matcher-server",
         "package_id": "path+file:///matcher-rs/server#matcher-server@0.1.0",
         "target": {"kind": ["bin"], "crate_types": ["bin"], "name": "matcher-server"},
         "profile": {"opt_level": "3"}, "fresh": True},
        {"reason": "compiler-artifact", "executable": "/target/release/matcher-bench",
         "package_id": "path+file:///matcher-rs/bench#matcher-bench@0.1.0",
         "target": {"kind": ["bin"], "crate_types": ["bin"], "name": "matcher-bench"},
         "profile": {"opt_level": "3"}, "fresh": True},
        {"reason": "build-script-executed", "package_id": "serde@1.0.229", "env": []},
    )
]  # fmt: skip
"""As cargo 1.95 wrote them for the workspace, its paths and what does not matter left out."""


def test_whatever_order_cargo_names_its_artefacts_in_the_server_is_found() -> None:
    for order in permutations(f"{line}\n" for line in ARTEFACTS):
        messages = "   Compiling matcher-server v0.1.0\n" + "".join(order)
        assert server_among(messages) == Path("/target/release/matcher-server")


def test_another_program_is_not_taken_for_the_server() -> None:
    without = [line for line in ARTEFACTS if "release/matcher-server" not in line]
    assert server_among("".join(f"{line}\n" for line in without)) is None


async def test_stopping_in_the_middle_of_a_build_stops_cargo(
    with_cargo: Options, home: Path, diary: Diary
) -> None:
    async with local_stack(with_cargo, diary):
        assert (home / "run" / "matcher-build.json").exists()
    await all_gone(home)


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
