"""What a mutant is, and those that are planted by hand: small changes that a test has to see.

A planted file is named after its layer. Each of its tables is a file of the project, the tests that
see it (the fastest first), and changes by name: the old text, which stands there exactly once, and
the new one. A third text names narrower tests of its own.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PLANTED = Path(__file__).parent / "planted"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One file as it would be after one change."""

    name: str
    layer: str
    file: str
    text: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planted:
    """One change of one file, as written down."""

    name: str
    layer: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def found(self, root: Path = ROOT) -> int:
        """Count the places of the old text; none where the file is gone."""
        path = root / self.file
        return path.read_text(encoding="utf-8").count(self.old) if path.is_file() else 0

    def grown(self, root: Path = ROOT) -> Mutant:
        text = (root / self.file).read_text(encoding="utf-8").replace(self.old, self.new)
        return Mutant(self.name, self.layer, self.file, text, self.tests)


def planted(folder: Path = PLANTED) -> Iterator[Planted]:
    """Every change that is planted by hand."""
    for path in sorted(folder.glob("*.toml")):
        for file, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            yield from _of_file(path.stem, file, table)


def _of_file(layer: str, file: str, table: dict[str, Any]) -> Iterator[Planted]:
    usual: Sequence[str] = table["tests"]
    for name, change in table.items():
        if name != "tests":
            old, new, *own = change
            yield Planted(f"{file}: {name}", layer, file, old, new, tuple(own or usual))
