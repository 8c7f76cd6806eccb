"""`python -m tools.words`: the field's terms are used, and none of our own that they replaced.

A word that is also plain English is looked for among the names of the code alone.
"""

import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SEARCHED = ("src", "tests", "bench", "docs", "README.md", "CONTRIBUTING.md", "importlinter.ini")
LEFT_OUT = (
    *("docs/generated/", "docs/clauses.toml", "docs/requirements.md"),
    "tests/unit/test_words.py",
)
"""Made by programs, the words of others, and the test of this."""


@dataclass(frozen=True, slots=True)
class Term:
    """`instead` is the field's term of what `old` (a regular expression) meant."""

    old: str
    instead: str
    named: bool = False
    """Only a name of the code is meant: the word is also plain English."""
    allowed: str = "^$"
    """Lines, with their file before them, where it means something else."""


TERMS = (
    Term(
        "doors?|Doors?|DOOR",
        "endpoint, entrypoint, or pre-authentication principal",
        allowed=r"policies\.(sql|toml)|sql/|walls/|shape\*|open-door|Open door|test_kernel.*\bDoor\b"
        r"|own or door|door alone",
    ),
    Term(
        "doorkeepers?|DOORKEEPER",
        "pre-authentication principal",
        allowed=r"\.sql|policies\.toml|actor\.py.*= \"doorkeeper\"|`doorkeeper` in SQL|is_doorkeeper|walls/",
    ),
    Term("[Kk]eepers?", "supervisor"),
    Term("gates?|Gate", "middleware", allowed="test_bounds"),
    Term("[Dd]eeds?", "activity", allowed=r"views\.py|test_learning"),
    Term("[Tt]all(y|ies)|TALLY", "activity counts", allowed="job_tallies|tally_done"),
    Term(
        "[Tt]roph(y|ies)",
        "award",
        allowed=r"\"trophies\"|\.sql|trophies \(|on trophies|mutants/planted|'trophies'|pk_trophies|\[trophies\]",
    ),
    Term("[Oo]ccasions?", "ranking context"),
    Term("[Ss]howings?", "impression list", allowed="of showing the list|showing_id"),
    Term("Standing|standing", "principal kind, match state, or dependencies", named=True,
         allowed="bench/"),
    Term("[Mm]eanwhile|MEANWHILE", "pair status", named=True, allowed="matcher/test_outage"),
    Term("Leases|leases", "connection cache", named=True, allowed=r"jobs\.py"),
    Term("Letter|letters", "mail", named=True, allowed=r"domain/text\.py"),
    Term("_?bury|[Bb]uried|BURY", "dead-letter"),
    Term("hand_back|HAND_BACK", "requeue"),
    Term("Generation|CohortWatch|Line", "progress tracker and progress channel", named=True),
)  # fmt: skip


def found(root: Path = ROOT) -> Iterator[str]:
    """Each place of a word that was replaced, with the term to use."""
    listed = subprocess.run(
        ["git", "ls-files", *SEARCHED], cwd=root, check=True, capture_output=True, text=True
    )
    for name in listed.stdout.split():
        if not name.startswith(LEFT_OUT) and Path(name).suffix != ".json":
            yield from _in(root / name, name)


def _in(path: Path, name: str) -> Iterator[str]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    names = list(_names(path))
    for term in TERMS:
        edge = "[A-Za-z_-]" if term.named else "[A-Za-z-]"
        word = re.compile(rf"(?<!{edge})(?:{term.old})(?!{edge})")
        for number, text in names if term.named else enumerate(lines, 1):
            place = f"{name}: {lines[number - 1]}"
            if word.search(text) and not re.search(term.allowed, place):
                yield f"{name}:{number}: {text.strip()!r}: say {term.instead}"


def _names(path: Path) -> Iterator[tuple[int, str]]:
    if path.suffix == ".py":
        with path.open("rb") as file:
            for token in tokenize.tokenize(file.readline):
                if token.type == tokenize.NAME:
                    yield token.start[0], token.string


if __name__ == "__main__":
    places = list(found())
    sys.stdout.writelines(f"{place}\n" for place in places)
    sys.exit(bool(places))
