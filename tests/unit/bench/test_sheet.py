"""A table is the same at a terminal and on a page."""

import pytest
from bench.sheet import Sheet
from rich.console import Console

SHEET = Sheet("Reads", ("server", "µs"), [("ours", "237"), ("a|b", "986")], ("Quiet machine.",))


def test_a_page_shows_title_columns_rows_and_notes() -> None:
    assert SHEET.for_page() == (
        "## Reads\n\n"
        "| server | µs |\n"
        "| --- | ---: |\n"
        "| ours | 237 |\n"
        "| a/b | 986 |\n\n"
        "- Quiet machine.\n"
    )


def test_a_page_without_notes_ends_with_its_rows() -> None:
    page = Sheet("Reads", ("server", "µs"), [("ours", "237")]).for_page()
    assert page.endswith("| ours | 237 |\n")


def test_a_terminal_shows_the_same() -> None:
    console = Console(width=60, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(SHEET.for_terminal())
    for word in ("Reads", "server", "µs", "ours", "237", "986", "Quiet machine."):
        assert word in captured.get()


def test_a_row_must_fit_the_columns() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Sheet("Reads", ("server", "µs"), [("ours",)])
