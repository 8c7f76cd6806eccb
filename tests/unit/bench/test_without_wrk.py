"""`make bench` where wrk is not installed: the rest is measured, and what is left out is told."""

import shutil
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
import typer
from bench.machine import Cores
from bench.sheet import Sheet
from typer.testing import CliRunner, Result

PEERS = ("celery", "numpy", "procrastinate", "procrastinate.schema")
"""What the bench imports of others; its own environment alone has them."""
WITHOUT_LOAD = ["audit", "growth", "jobs", "log-ins", "matcher", "streams"]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """The module behind `make bench` on a machine of two cores, with nothing on its PATH."""
    before = set(sys.modules)
    for name in [name for name in PEERS if find_spec(name.partition(".")[0]) is None]:
        monkeypatch.setitem(sys.modules, name, MagicMock())
    module: Any = import_module("bench.__main__")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("wrk") is None
    monkeypatch.setattr(Cores, "here", lambda: Cores(0, frozenset({1})))
    monkeypatch.setattr(Cores, "step_aside", lambda _: None)
    monkeypatch.setattr(module, "description", lambda _: "a machine")
    monkeypatch.setattr(module, "PAGE", tmp_path / "bench.md")
    yield module
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def measured(bench: Any, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Which parts were measured, which takes no time here."""
    seen: list[list[str]] = []

    async def measure(parts: set[str], *_: Any) -> tuple[list[Sheet], list[Any]]:
        seen.append(sorted(parts))
        return [Sheet("Measured", ("part",), [(part,) for part in sorted(parts)])], []

    monkeypatch.setattr(bench, "_measure", measure)
    return seen


def run(bench: Any, *arguments: str) -> Result:
    app = typer.Typer()
    app.command()(bench.bench)
    return CliRunner().invoke(app, arguments)


def test_the_rest_is_measured_and_no_page_is_written(bench: Any, measured: list[list[str]]) -> None:
    told = run(bench)
    assert told.exit_code == 0, told.output
    assert measured == [WITHOUT_LOAD]
    words = " ".join(told.output.split())
    assert "what wants load is left out, no page is written: wrk is not installed" in words
    assert "apt-get install wrk" in words
    assert all(f"│ {part} " in told.output for part in WITHOUT_LOAD)
    assert not bench.PAGE.exists()


def test_with_wrk_all_is_measured_and_the_page_is_written(
    bench: Any, measured: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/wrk")
    told = run(bench)
    assert measured == [sorted(bench.Part)]
    assert "left out" not in told.output
    assert bench.PAGE.read_text(encoding="utf-8").startswith("# Bench\n")


@pytest.mark.parametrize("part", WITHOUT_LOAD)
def test_what_wants_no_load_says_nothing_of_it(
    bench: Any, measured: list[list[str]], part: str
) -> None:
    told = run(bench, "--only", part)
    assert (told.exit_code, measured) == (0, [[part]])
    assert "wrk" not in told.output
