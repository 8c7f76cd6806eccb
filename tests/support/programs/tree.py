"""A part of the project in a folder of its own, in which commands run as in the whole."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
TOOLS = Path(sys.executable).parent
MAKE = ("make", "-o", ".venv/.ready")
"""The environment is there already, and is not made anew."""


def copied(tree: Path, *names: str) -> None:
    """These files and folders of the project, and its environment."""
    for name in names:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, tree / name)
    (tree / ".venv").symlink_to(TOOLS.parent)


def run(tree: Path, *command: str) -> str:
    """What it printed, of a command that must end well."""
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
