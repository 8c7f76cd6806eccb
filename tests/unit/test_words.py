"""The field's terms, in the whole project."""

import subprocess
from pathlib import Path

import pytest
from tools.words import found

pytestmark = pytest.mark.row("A8")


def test_no_word_of_our_own_is_left_where_the_field_has_one() -> None:
    assert list(found()) == []


def test_one_that_comes_back_is_found_with_its_place_and_its_term(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text(
        '"""The doorkeeper of this door."""\nkeeper = 1\nmeanwhile = "meanwhile, elsewhere"\n'
    )
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    told = [line.partition(": say ")[0] for line in found(tmp_path)]
    assert sorted(told) == [
        'src/a.py:1: \'"""The doorkeeper of this door."""\'',
        'src/a.py:1: \'"""The doorkeeper of this door."""\'',
        "src/a.py:2: 'keeper = 1'",
        "src/a.py:3: 'meanwhile'",
    ]
