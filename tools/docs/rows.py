"""The rows of docs/requirements.md: where each is from, its tests, and what it leaves open."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.docs.marked import marked

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


def rows_of(root: Path) -> Mapping[str, Row]:
    """Every row by its id."""
    text = (root / "docs/requirements.md").read_text(encoding="utf-8")
    missing = tomllib.loads((root / "docs/open-rows.toml").read_text(encoding="utf-8"))
    return rows_from(text, missing, marked(root)["row"])


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
