"""The measures of the house count what they say they count."""

from pathlib import Path

import pytest
from tools.house import ROOT, context_of, figures, repeated
from tools.tutorial import PAGE, steps

ONE, OTHER = Path("one.py"), Path("other.py")


@pytest.mark.parametrize(
    ("path", "context"),
    [
        ("domain/progress/journey.py", "progress"),
        ("application/progress/views.py", "progress"),
        ("adapters/memory/progress.py", "progress"),
        ("adapters/postgres/accounts_reads.py", "accounts"),
        ("entrypoints/http/auth.py", "accounts"),
        ("adapters/redis/cache.py", None),
        ("domain/text.py", None),
    ],
)
def test_a_module_is_of_the_context_whose_room_it_is_in(path: str, context: str | None) -> None:
    assert context_of(Path(path), {"accounts", "progress"}) == context


def test_five_lines_that_stand_twice_are_chance_and_six_are_a_pair() -> None:
    lines = list("abcdef")
    assert repeated({ONE: [*lines, "x"], OTHER: ["y", *lines]}) == {(ONE, OTHER)}
    assert repeated({ONE: [*lines[:5], "x"], OTHER: ["y", *lines[:5]]}) == set()
    assert repeated({ONE: [*lines, *lines], OTHER: []}) == {(ONE, ONE)}
    assert repeated({ONE: ["a"] * 12}) == {(ONE, ONE)}
    assert repeated({ONE: ["a"] * 11}) == set()


def test_what_stands_everywhere_is_a_form_of_the_language() -> None:
    lines = list("abcdef")
    assert repeated({Path(f"{number}.py"): lines for number in range(9)}) == set()


def test_the_house_is_measured() -> None:
    found = dict(figures(ROOT))
    files = {step["file"] for step in steps(PAGE.read_text(encoding="utf-8")) if step["file"]}
    product = [file for file in files if file.startswith(("src/", "migrations/"))]
    assert found["the tutorial's feature"].startswith(f"{len(product)} product files, ")
    shares = [value for name, value in found.items() if name.startswith("context ")]
    assert sum(int(value.split("(")[1].rstrip("%)")) for value in shares) in range(97, 104)
