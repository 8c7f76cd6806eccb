"""No lock without a race that is lost when it is taken away."""

import re
from pathlib import Path

import asyncpg
from tests.integration.races.locks import ADVISORY, ROWS, statements

import skillbridge

HERE = Path(__file__).parent
RACED = set(
    re.findall(
        r'"(\w+(?:\.\w+)+)"',
        " ".join(
            found
            for file in HERE.glob("test_*.py")
            for found in re.findall(r"^@needs\(([^)]*)\)", file.read_text(), re.MULTILINE)
        ),
    )
)
OUTSIDE_OF_STATEMENTS = {"adapters/schema.py", "engine/advisory_locks.py", "cohorts/writes.py"}


def test_every_statement_with_a_lock_is_raced() -> None:
    found: dict[int, set[str]] = {}
    for name, query in statements().items():
        found.setdefault(id(query), set()).add(name)
    assert len(found) >= 10
    assert [names for names in found.values() if not names & RACED] == []


async def test_every_function_with_a_lock_is_raced(admin: asyncpg.Connection) -> None:
    rows = await admin.fetch(
        "select proname, prosrc from pg_proc where pronamespace = 'app'::regnamespace"
    )
    found = {
        f"app.{row['proname']}"
        for row in rows
        if ROWS.search(row["prosrc"]) or ADVISORY.search(row["prosrc"])
    }
    assert found
    assert found <= RACED


def test_no_lock_is_taken_where_nobody_looks() -> None:
    """Sessions' locks stand in `schema.py` alone, and its race is in `test_schema.py`."""
    package = Path(skillbridge.__file__).parent
    found = {
        str(file.relative_to(package)).removeprefix("adapters/postgres/")
        for file in package.rglob("*.py")
        if re.search(r"pg_(try_)?advisory|\bfor (no key )?(update|share)\b", file.read_text())
    }
    assert found == OUTSIDE_OF_STATEMENTS
