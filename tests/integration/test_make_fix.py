"""`make fix` mends what can be mended by itself."""

import shutil
from pathlib import Path

import pytest
from tests.support.programs.tree import MAKE, TOOLS, copied, run

pytestmark = pytest.mark.row("L7")

ILL = '''"""Ill-formed."""
import sys
import os, re
HERE = {  'a':os.sep, "b" :sys.path}
'''
WELL = '''"""Ill-formed."""

import os
import sys

HERE = {"a": os.sep, "b": sys.path}
'''


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with a module and a crate that nobody formed; it has the environment already."""
    copied(tmp_path, "Makefile", "pyproject.toml", "deploy")
    for file, text in {
        "src/skillbridge/__init__.py": "",
        "src/skillbridge/ill.py": ILL,
        "matcher-rs/Cargo.toml": '[package]\nname = "ill"\nversion = "0.1.0"\nedition = "2021"\n',
        "matcher-rs/src/lib.rs": "pub fn  one( )->u8{1}\n",
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    return tmp_path


def test_an_ill_formed_file_is_mended(tree: Path) -> None:
    told = run(tree, *MAKE, "fix")
    assert (tree / "src/skillbridge/ill.py").read_text(encoding="utf-8") == WELL
    crate = (tree / "matcher-rs/src/lib.rs").read_text(encoding="utf-8")
    if shutil.which("cargo"):
        assert crate == "pub fn one() -> u8 {\n    1\n}\n"
    else:
        assert "cargo is not here: skipped cargo fmt" in told
    run(tree, str(TOOLS / "ruff"), "check", "src")
    run(tree, str(TOOLS / "ruff"), "format", "--check", "src")


def test_what_only_a_person_can_mend_does_not_keep_the_rest_from_it(tree: Path) -> None:
    ill = tree / "src/skillbridge/ill.py"
    ill.write_text(f"{ILL}print(HERE)\n", encoding="utf-8")
    run(tree, *MAKE, "fix")
    assert ill.read_text(encoding="utf-8") == f"{WELL}print(HERE)\n"
