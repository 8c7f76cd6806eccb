"""The page of ASVS: what it says of a line, and the contradictions that stop it."""

import pytest
from tools.docs.asvs import Item, contradictions, lines_from, written

pytestmark = pytest.mark.row("L11")

DOCUMENT = """
["1"]
items = ["6.5.1"]
level = "2"
asks = "once"
[1.removed]
"src/code.py" = ["good twice"]

["2"]
items = ["6.4.1", "6.4.3"]
level = "1, 2"
asks = "mails"
open = { "6.4.3" = "comes later" }
nothing_to_remove = "a reason"

["3"]
items = ["5.2.1"]
level = "1"
asks = "uploads"
open = "comes with uploads"
"""
TESTS = {"6.5.1": {"tests/test_a.py::test_a"}, "6.4.1": {"tests/test_a.py::test_b"}}
PLANTED = {"src/code.py: good twice"}


def found(
    document: str = DOCUMENT,
    tests: dict[str, set[str]] | None = None,
    mutants: set[str] | None = None,
) -> list[str]:
    lines = lines_from(document)
    return list(contradictions(lines, tests or TESTS, PLANTED if mutants is None else mutants))


def test_what_agrees_has_no_contradiction() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('["6.5.1"]', '["6.5.1", "6.5.2"]', "1: no test has the mark of 6.5.2"),
        ('["5.2.1"]', '["5.2.1", "6.5.1"]', "6.5.1 stands in 2 lines"),
        ('"6.4.3" =', '"6.4.4" =', "2: 6.4.4 is open and no item of it"),
        ('"6.4.3" =', '"6.4.1" =', "2: 6.4.1 is said to be open, and tests/test_a.py::test_b"),
        ("good twice", "good thrice", "1: nothing is planted by the name src/code.py: good thrice"),
        ('nothing_to_remove = "a reason"', "", "2: say what is removed"),
        (
            "[1.removed]",
            'nothing_to_remove = "a reason"\n[1.removed]',
            "1: say what is removed, or why",
        ),
        ('asks = "uploads"', 'asks = "uploads"\nmissing = "half"', "3: an open line says what"),
        (
            'asks = "uploads"',
            'asks = "uploads"\nexcepted = "why"',
            "3: what is excepted is neither",
        ),
        (
            'items = ["6.4.1",',
            'items = ["6.4.2",',
            "no line has the item 6.4.1, which tests/test_a",
        ),
    ],
)
def test_each_contradiction_is_told(old: str, new: str, told: str) -> None:
    changed = DOCUMENT.replace(old, new)
    assert changed != DOCUMENT
    assert any(told in line for line in found(changed)), found(changed)


def test_an_open_line_that_gets_a_test_is_told() -> None:
    shown = TESTS | {"5.2.1": {"tests/test_c.py::test_c"}}
    assert found(tests=shown) == [
        "docs/asvs.toml: 3: 5.2.1 is said to be open, and tests/test_c.py::test_c shows it"
    ]


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (Item(["1.1.1"], "1", "a"), "shown"),
        (Item(["1.1.1"], "1", "a", missing="half"), "in part"),
        (Item(["1.1.1", "1.1.2"], "1", "a", open={"1.1.2": "later"}), "in part"),
        (Item(["1.1.1"], "1", "a", open="later"), "open"),
        (Item(["1.1.1"], "1", "a", excepted="a reason"), "excepted"),
        (Item(["1.1.1"], "1", "a", excepted="a reason", nothing_to_remove="x"), "excepted"),
    ],
)
def test_a_line_is_shown_when_nothing_of_it_is_left(line: Item, state: str) -> None:
    assert line.state == state


def test_the_page_tells_of_each_item_its_tests_and_what_is_removed() -> None:
    text = written(lines_from(DOCUMENT), TESTS)
    assert "**1 shown, 1 in part, 1 open; 1 protections are removed**" in text
    assert (
        "| 6.5.1 | 2 | once | shown | [test_a.py](../../tests/test_a.py) "
        "| good twice ([code.py](../../src/code.py)) |   |"
    ) in text
    assert "[test_a.py](../../tests/test_a.py) (6.4.1) | a reason | 6.4.3: comes later |" in text
    assert "| 5.2.1 | 1 | uploads | open |   |   | comes with uploads |" in text
