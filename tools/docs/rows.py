"""The rows of docs/requirements.md: where each is from, its tests, and what it leaves open."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

OPTIONS = (
    *("--collect-only", "--quiet", "-p", "no:randomly", "-p", "no:cacheprovider"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # the other pages imported some plugins
)
STATES = ("shown", "in part", "open")


class ContradictionError(Exception):
    """The sources of a page contradict each other; nothing is written."""


@dataclass(frozen=True)
class Row:
    origin: str
    """The sections of the documents that ask for it, or a reason of ours."""
    what: str
    tests: frozenset[str] = frozenset()
    missing: str = ""

    @property
    def state(self) -> str:
        if not self.tests:
            return "open"
        return "in part" if self.missing else "shown"


class Collector:
    """A pytest plugin that notes which test shows which row."""

    def __init__(self) -> None:
        self.tests: defaultdict[str, set[str]] = defaultdict(set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for mark in item.iter_markers("row"):
                for row in mark.args:
                    self.tests[row].add(item.nodeid)


def rows_of(root: Path) -> Mapping[str, Row]:
    """Every row by its id."""
    text = (root / "docs/requirements.md").read_text(encoding="utf-8")
    missing = tomllib.loads((root / "docs/open-rows.toml").read_text(encoding="utf-8"))
    return rows_from(text, missing, _tests(root))


def rows_from(
    text: str, missing: Mapping[str, str], tests: Mapping[str, set[str]]
) -> Mapping[str, Row]:
    found = re.findall(r"^\| ([A-Z]\d+) \| ([^|]*?) *\| ([^|]+?) \|", text, re.MULTILINE)
    rows = {
        row: Row(origin, what, frozenset(tests.get(row, ())), missing.get(row, ""))
        for row, origin, what in found
    }
    if unknown := (missing.keys() | tests.keys()) - rows.keys():
        raise ContradictionError(f"docs/requirements.md has no row {', '.join(sorted(unknown))}")
    return rows


def _tests(root: Path) -> Mapping[str, set[str]]:
    collector, said = Collector(), StringIO()
    options = [*OPTIONS, f"--rootdir={root}"]
    with redirect_stdout(said):
        code = pytest.main([*options, str(root / "tests")], [collector])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the tests cannot be collected:\n{said.getvalue()}")
    return collector.tests
