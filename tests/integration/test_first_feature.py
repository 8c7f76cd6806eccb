"""docs/first-feature.md, followed to the letter in a copy of the tree.

`make prove P=tutorial` also runs the commands of its last part, which take minutes.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.mutants.plot import Plot
from tools.tutorial import LAST_PART, PAGE, steps

pytestmark = pytest.mark.row("L7")


def edit(tree: Path, step: re.Match[str]) -> None:
    """What a person does who reads the sentence above the block."""
    if step["new"]:
        path = tree / step["file"]
        assert not path.exists(), path
        path.write_text(step["text"], encoding="utf-8")
        return
    path = max(tree.glob(step["file"]))
    before = path.read_text(encoding="utf-8")
    if not step["where"]:
        path.write_text(before + step["text"], encoding="utf-8")
        return
    pattern = re.escape(step["line"]).replace(r"\*", ".*")  # as in the names of files
    found = list(re.finditer(f"^{pattern}\n", before, re.MULTILINE))
    assert len(found) == 1, f"{path}: the line {step['line']!r} is there {len(found)} times"
    line, text = found[0][0], step["text"]
    put = {"before": text + line, "after": line + text, "in place of": text}[step["where"]]
    start, end = found[0].span()
    path.write_text(before[:start] + put + before[end:], encoding="utf-8")


def run(tree: Path, command: str, environ: Mapping[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-euc", command],
        cwd=tree,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the project; `make` finds its environment ready."""
    made = Plot(tmp_path / "tree").laid().tree
    for name in ("requirements-dev.lock", "pyproject.toml"):
        os.utime(made / name, (0, 0))
    return made


def test_who_follows_the_page_has_the_feature(tree: Path, server: str) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTEST", "MAKE"))}
    environ = {**clean, "PYTHONPATH": str(tree / "src"), "TEST_DATABASE_URL": server}
    first, last = PAGE.read_text(encoding="utf-8").split(LAST_PART)
    for step in steps(first + last if "PROVE" in os.environ else first):
        if step["file"]:
            edit(tree, step)
        else:
            run(tree, step["text"], environ)
    tools = Path(sys.executable).parent
    run(tree, f"{tools}/ruff check . && {tools}/ruff format --check .", environ)
    run(tree, f"{tools}/lint-imports --config importlinter.ini", environ)
