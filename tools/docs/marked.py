"""Which tests carry which marks, asked of pytest once."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

import pytest

Tests = Mapping[str, set[str]]
"""Tests, by what a mark of theirs names."""

MARKS = ("row", "asvs")
OPTIONS = (
    *("--collect-only", "--quiet", "-p", "no:randomly", "-p", "no:cacheprovider"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # the other pages imported some plugins
)


class Collector:
    """A pytest plugin that notes which test has which marks."""

    def __init__(self) -> None:
        self.tests: Mapping[str, defaultdict[str, set[str]]]
        self.tests = {mark: defaultdict(set) for mark in MARKS}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for name, tests in self.tests.items():
                for mark in item.iter_markers(name):
                    for shown in mark.args:
                        tests[shown].add(item.nodeid)


@cache
def marked(root: Path) -> Mapping[str, Tests]:
    """By the name of each mark, what it names, and the tests that carry it."""
    collector, said = Collector(), StringIO()
    options = [*OPTIONS, f"--rootdir={root}"]
    with redirect_stdout(said):
        code = pytest.main([*options, str(root / "tests")], [collector])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the tests cannot be collected:\n{said.getvalue()[-4000:]}")
    return collector.tests
