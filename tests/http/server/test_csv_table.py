"""Exported tables hold no formula, whoever opens them and wherever."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.attacks.cells import CELLS

import skillbridge
from skillbridge.entrypoints.http.server.csv_table import as_text, csv_lines

pytestmark = [pytest.mark.row("C5"), pytest.mark.asvs("1.2.10")]

BEGINS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20\u2212")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_cell_begins_a_formula_in_any_country(separator: str) -> None:
    """Read with the separator of another country, too: then a row may be one cell, and none is a formula."""
    assert len(CELLS) > 100
    for attack in CELLS:
        text = "".join(csv_lines(["name", "free"], [[attack, -5]]))
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            for cell in row:
                assert cell == "-5" or not cell.strip().startswith(BEGINS), (attack, cell)


@given(st.text())
def test_a_cell_is_read_as_it_was_but_for_its_apostrophe(text: str) -> None:
    (head, row) = csv.reader(io.StringIO("".join(csv_lines(["a"], [[text]])), newline=""))
    assert (head, row) == (["a"], [as_text(text)])
    assert as_text(text).removeprefix("'") == text.removeprefix("'")


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    assert list(csv_lines(["a", "b", "c"], [[-1, 2.5, None]])) == [
        '"a","b","c"\r\n',
        '"-1","2.5",""\r\n',
    ]


def test_no_other_module_writes_csv() -> None:
    root = Path(skillbridge.__file__).parent
    words = ("import csv", "from csv", "text/csv")
    found = {
        path.name for path in root.rglob("*.py") if any(it in path.read_text() for it in words)
    }
    assert found == {"csv_table.py"}
