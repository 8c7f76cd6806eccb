"""What belongs to a session of the database is lost behind a pooler by transaction."""

import re
from pathlib import Path

import pytest

import skillbridge

ADAPTER = Path(skillbridge.__file__).parent / "adapters" / "postgres"
OF_A_SESSION = re.compile(
    r"""pg_(try_)?advisory_lock | \blisten\s+"?\w | \bnotify\s+"?\w | pg_notify | add_listener
    | with\s+hold | create\s+temp | \bset\s+(session|role)\b | set_config\([^()]*,\s*false
    | server_settings | \.prepare\( | func\.set_config""",
    re.VERBOSE | re.IGNORECASE,
)
DIRECT = {"schema.py", "pooler.py"}
"""Migrations refuse poolers; the other one tells of them."""


FILES = [path for path in ADAPTER.rglob("*.py") if path.name not in DIRECT]


def test_the_rooms_of_the_adapter_are_looked_into() -> None:
    assert {ADAPTER / "engine", ADAPTER / "kernel", ADAPTER / "accounts"} <= {
        path.parent for path in FILES
    }


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(ADAPTER)))
def test_no_adapter_of_the_database_relies_on_a_session(file: Path) -> None:
    assert not OF_A_SESSION.findall(file.read_text("utf-8"))


@pytest.mark.parametrize("migration", sorted(ADAPTER.parents[3].glob("migrations/sql/**/*.sql")))
def test_no_function_of_the_database_changes_a_session(migration: Path) -> None:
    sql = re.sub(r"--.*", "", migration.read_text("utf-8"))
    assert not OF_A_SESSION.findall(sql)


@pytest.mark.parametrize(
    "said", ["LISTEN jobs", "select pg_advisory_lock(1)", "select set_config('a', 'b', false)"]
)
def test_what_it_looks_for_is_found(said: str) -> None:
    assert OF_A_SESSION.search(said)
