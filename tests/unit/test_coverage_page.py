"""The coverage of the documents: what it counts, and the contradictions that stop it."""

from collections.abc import Mapping

import pytest
from tools.docs import __main__ as program
from tools.docs.coverage import Clause, contradictions, page, phases_from
from tools.docs.rows import ContradictionError, Row, rows_from

pytestmark = pytest.mark.row("L12")

TESTS = frozenset({"tests/unit/test_a.py::test_a"})
SHOWN, IN_PART, OPEN = Row("T1.1", "a", TESTS), Row("T1.1", "b", TESTS, "half"), Row("T1.1", "c")
DOCUMENT = """
["1. Setup"]
"T1.1.1" = { asks = "one thing", rows = ["A1"] }
"T1.1.2" = { asks = "another", rows = ["A1", "A2"] }
"E1.1" = { asks = "more", rows = ["A2"], surpasses = true }
"""
ROWS = {
    "A1": Row("T1.1", "the one", TESTS),
    "A2": Row("T1.1 E1", "the other", TESTS, "its half"),
    "Z1": Row("a reason", "the third"),
}


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([SHOWN], "shown"),
        ([SHOWN, SHOWN], "shown"),
        ([IN_PART], "in part"),
        ([SHOWN, IN_PART], "in part"),
        ([SHOWN, OPEN], "in part"),
        ([OPEN, OPEN], "open"),
    ],
)
def test_a_clause_is_shown_when_all_of_its_rows_are(rows: list[Row], state: str) -> None:
    named = {f"A{number}": row for number, row in enumerate(rows)}
    assert Clause("T1.1.1", "a thing", list(named)).state(named) == state


def test_what_asks_for_the_whole_is_shown_when_the_whole_is() -> None:
    whole = Clause("T0.1", "everything", ["*"])
    assert whole.state({"A1": SHOWN, "A2": SHOWN, "Z1": Row("a reason", "c")}) == "shown"
    assert whole.state({"A1": SHOWN, "A2": OPEN}) == "in part"


def found(document: str, rows: Mapping[str, Row]) -> list[str]:
    return list(contradictions(phases_from(document), rows))


def test_documents_and_rows_that_agree_have_no_contradiction() -> None:
    assert found(DOCUMENT, ROWS) == []


@pytest.mark.parametrize(
    ("document", "rows", "told"),
    [
        (
            DOCUMENT.replace('"A1"]', "]"),
            ROWS,
            "docs/clauses.toml: no row answers T1.1.1",
        ),
        (
            DOCUMENT.replace('"A1"]', '"A9"]'),
            ROWS,
            "docs/clauses.toml: T1.1.1 names A9, no row of docs/requirements.md",
        ),
        (
            DOCUMENT,
            ROWS | {"A1": Row("T1.1 E4", "the one")},
            "docs/requirements.md: A1 is from T1.1, not from T1.1 E4",
        ),
        (
            DOCUMENT,
            ROWS | {"A3": Row("T1.2", "asked for by no clause")},
            "docs/requirements.md: no clause and no reason of ours asks for A3",
        ),
        (
            DOCUMENT,
            ROWS | {"Z2": Row("", "without a reason")},
            "docs/requirements.md: no clause and no reason of ours asks for Z2",
        ),
    ],
)
def test_each_contradiction_is_told_by_its_name(
    document: str, rows: Mapping[str, Row], told: str
) -> None:
    assert found(document, rows) == [told]


@pytest.mark.parametrize(("missing", "tests"), [({"A9": "all"}, {}), ({}, {"A9": {"test_a"}})])
def test_a_mark_or_a_gap_of_an_unknown_row_is_a_contradiction(
    missing: dict[str, str], tests: dict[str, set[str]]
) -> None:
    with pytest.raises(ContradictionError, match=r"docs/requirements\.md has no row A9"):
        rows_from("| A1 | T1.1 | the one | tests |", missing, tests)


def test_the_page_counts_what_surpasses_and_what_goes_further_apart() -> None:
    text = page(DOCUMENT, ROWS)
    asked, surpassing = text.split("## Surpassing")
    assert "| 1. Setup | 2 | 1 | 1 | 0 | 50% |" in asked
    assert "| 1. Setup | 1 | 0 | 1 | 0 | 0% |" in surpassing
    assert "| E1.1 + | more | [A2](scorecard.md#A2) | in part |" in surpassing
    assert "| [Z1](scorecard.md#Z1) | the third | a reason | open |" in surpassing


def test_a_contradiction_stops_the_writing_and_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def contradict() -> str:
        page(DOCUMENT.replace('"A1"]', "]"), ROWS)
        raise AssertionError

    monkeypatch.setattr("sys.argv", ["tools.docs"])
    monkeypatch.setattr(program, "pages", lambda: ((name, contradict()) for name in ("page",)))
    assert program.main() == 1
    assert capsys.readouterr().out == "docs/clauses.toml: no row answers T1.1.1\n"
