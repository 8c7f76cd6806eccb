"""What a scanner says, and what of it is no fault."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALLOWED = Path(__file__).with_name("allowed.toml")


@dataclass(frozen=True, slots=True)
class Finding:
    rule: str
    file: str
    """Or the part of an address."""
    words: str

    def __str__(self) -> str:
        return f"{self.file}: {self.rule}: {self.words}"


@dataclass(frozen=True, slots=True)
class Looked:
    """`at` says at how much."""

    at: str
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class NotLooked:
    """The scanner, or what it asks, is not here: that says nothing about faults."""

    why: str


Outcome = Looked | NotLooked


@dataclass(frozen=True, slots=True)
class Scanner:
    """`look` is at the project, `planted` at faults of our own making that it must find, by their rules."""

    name: str
    version: Callable[[], str]
    look: Callable[[], Outcome]
    planted: Callable[[], Outcome]
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Allowed:
    """Findings that are none; `file` may hold `*`."""

    scanner: str
    rule: str
    file: str
    why: str

    def covers(self, scanner: Scanner, finding: Finding) -> bool:
        same = (self.scanner, self.rule) == (scanner.name, finding.rule)
        return same and fnmatch(finding.file, self.file)


def allowed() -> list[Allowed]:
    return [Allowed(**one) for one in tomllib.loads(ALLOWED.read_text(encoding="utf-8"))["allowed"]]
