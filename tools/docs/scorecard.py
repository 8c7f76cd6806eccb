"""docs/generated/scorecard.md: each row of docs/requirements.md, its tests and its state."""

from collections import Counter
from collections.abc import Iterable, Mapping

from tools.docs.markdown import anchor, document, table
from tools.docs.rows import STATES, Row

INTRODUCTION = """
Made from the marks `@pytest.mark.row(…)` of the tests. *Shown*: there are tests, which pass
or the change does not land, and nothing is known to be missing. *In part*: there are tests, and
[open-rows.toml](../open-rows.toml) says what is still missing. *Open*: no test shows the row.
"""


def page(rows: Mapping[str, Row]) -> str:
    counts = Counter(row.state for row in rows.values())
    lines = [
        [anchor(name) + name, row.what, row.state, _files(row.tests), row.missing]
        for name, row in rows.items()
    ]
    summary = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    heads = ["row", "what", "state", "tests", "still missing"]
    return document("Scorecard", INTRODUCTION, f"**{summary}**", table(heads, lines))


def _files(tests: Iterable[str]) -> str:
    files = sorted({test.partition("::")[0] for test in tests})
    return "<br>".join(f"[{file.removeprefix('tests/')}](../../{file})" for file in files)
