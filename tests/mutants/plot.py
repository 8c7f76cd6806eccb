"""A copy of the tree that a mutant grows in: the working tree is never touched."""

import itertools
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.mutant import ROOT

AS_IT_IS = (".venv", "matcher-rs")
"""Linked, not copied: big, and no mutant grows there."""
_moments = itertools.count(1_000_000_000)


@dataclass
class Plot:
    """One copy, with one change at a time."""

    tree: Path
    root: Path = ROOT
    changed: str | None = field(default=None)

    def laid(self) -> "Plot":
        """Copy what git knows, and what it would take."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=self.root, check=True, capture_output=True, text=True,
        )  # fmt: skip
        for name in filter(None, listed.stdout.split("\0")):
            if name.partition("/")[0] not in AS_IT_IS and (self.root / name).is_file():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self.root / name, self.tree / name)
        for name in AS_IT_IS:
            (self.tree / name).symlink_to(self.root / name)
        return self

    def grow(self, file: str, text: str) -> None:
        """Change one file; the one of before is again what it was.

        Python takes compiled code for a file's by its size and second: each change has its own.
        """
        if self.changed:
            shutil.copy2(self.root / self.changed, self.tree / self.changed)
        path, self.changed = self.tree / file, file
        path.write_text(text, encoding="utf-8")
        moment = next(_moments)
        os.utime(path, (moment, moment))
