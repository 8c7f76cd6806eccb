"""`make migration` writes a migration in our own form, which passes the checks when it is filled in."""

from pathlib import Path

import pytest
from tests.support.programs.tree import MAKE, TOOLS, copied, run

pytestmark = pytest.mark.row("B3", "L7")

NEEDED = ("Makefile", "alembic.ini", "pyproject.toml", ".squawk.toml", "migrations")
TABLE = """
create table threads (
    id UUID not null,
    tenant_id UUID not null,
    title TEXT not null,
    constraint pk_threads primary key (id),
    constraint fk_threads_tenant_id foreign key (tenant_id) references tenants (id)
);
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What of the project a migration is made in; it has the environment already."""
    copied(tmp_path, *NEEDED)
    return tmp_path


def newest(tree: Path) -> str:
    return max((tree / "migrations" / "versions").glob("[0-9]*.py")).stem


def test_a_new_migration_has_the_form_of_the_others(tree: Path) -> None:
    before = newest(tree)[:4]
    run(tree, *MAKE, "migration", "m=add RLS to threads")
    new, sql = newest(tree), tree / "migrations" / "sql"
    assert new == f"{int(before) + 1:04}_add_rls_to_threads"
    version = tree / "migrations" / "versions" / f"{new}.py"
    assert version.read_text().startswith('"""Add RLS to threads."""\n')
    up, down = sql / f"{new}.sql", sql / f"{new[:4]}_down.sql"
    assert down.read_text().startswith(f"-- Back to {before}:")

    up.write_text(up.read_text() + TABLE)
    down.write_text(down.read_text() + "drop table threads;\n")
    run(tree, str(TOOLS / "ruff"), "check", str(version))
    run(tree, str(TOOLS / "ruff"), "format", "--check", str(version))
    run(tree, str(TOOLS / "squawk"), str(up))
    alembic = str(TOOLS / "alembic")
    assert "create table" in run(tree, alembic, "upgrade", f"{before}:{new[:4]}", "--sql")
    assert "drop table threads" in run(tree, alembic, "downgrade", f"{new[:4]}:{before}", "--sql")
