"""The law of imports holds: importlinter.ini, kept by the import linter itself."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.row("A1")
def test_no_import_breaks_the_law() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--config", "importlinter.ini"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
