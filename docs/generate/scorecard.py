"""docs/generated/scorecard.md: each row of docs/requirements.md, its tests and its state."""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from docs.generate.markdown import document, table

OPTIONS = (
    *("--collect-only", "--quiet", "-p", "no:randomly", "-p", "no:cacheprovider"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # the other pages imported some plugins
)
STALE = "tests/unit/test_generated_pages.py"
STATES = ("shown", "in part", "open")

INTRODUCTION = """
Made from the marks `@pytest.mark.row(…)` of the tests. *Shown*: there are tests, which pass
or the change does not land, and nothing is known to be missing. *In part*: there are tests, and
[open-rows.toml](../open-rows.toml) says what is still missing. *Open*: no test shows the row.
"""


class Collector:
    """A pytest plugin that notes which test shows which row."""

    def __init__(self) -> None:
        self.tests: defaultdict[str, set[str]] = defaultdict(set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for mark in item.iter_markers("row"):
                for row in mark.args:
                    self.tests[row].add(item.nodeid)


def page(root: Path) -> str:
    rows, missing, tests = rows_of(root), missing_of(root), _tests(root)
    if unknown := (missing.keys() | tests.keys()) - rows.keys():
        raise LookupError(f"docs/requirements.md has no row {', '.join(sorted(unknown))}")
    states = {row: _state(tests.get(row, set()), missing.get(row)) for row in rows}
    counts = Counter(states.values())
    lines = [
        [row, what, states[row], _files(tests.get(row, set())), missing.get(row, "")]
        for row, what in rows.items()
    ]
    summary = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    heads = ["row", "what", "state", "tests", "still missing"]
    return document("Scorecard", INTRODUCTION, f"**{summary}**", table(heads, lines))


def rows_of(root: Path) -> dict[str, str]:
    """What each row asks for, by its id."""
    text = (root / "docs/requirements.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| ([A-Z]\d+) \| ([^|]+?) \|", text, re.MULTILINE))


def missing_of(root: Path) -> Mapping[str, str]:
    text = (root / "docs/open-rows.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text))


def _tests(root: Path) -> Mapping[str, set[str]]:
    collector, said = Collector(), StringIO()
    options = [*OPTIONS, f"--rootdir={root}"]
    with redirect_stdout(said):
        code = pytest.main([*options, str(root / "tests")], [collector])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the tests cannot be collected:\n{said.getvalue()}")
    return collector.tests


def _state(tests: set[str], missing: str | None) -> str:
    if not tests:
        return "open"
    return "in part" if missing else "shown"


def _files(tests: set[str]) -> str:
    files = sorted({test.partition("::")[0] for test in tests})
    return "<br>".join(f"[{file.removeprefix('tests/')}](../../{file})" for file in files)
