"""What migrations have applied stays as it was: a change of a current file is a new migration."""

from collections.abc import Iterator
from hashlib import sha256

import pytest
from alembic.script import ScriptDirectory

from skillbridge.adapters import schema
from sql_files import SQL, TOPICS, text_of

pytestmark = pytest.mark.row("B3")


def applied() -> Iterator[tuple[str, str, str]]:
    """Migration, topic, and how the digest of its text then begins."""
    for script in ScriptDirectory.from_config(schema.configuration()).walk_revisions():
        for topic, digest in getattr(script.module, "APPLIES", {}).items():
            yield script.revision, topic, digest


@pytest.mark.parametrize(("number", "topic", "digest"), sorted(applied()))
def test_what_a_migration_applied_is_still_there(number: str, topic: str, digest: str) -> None:
    found = sha256(text_of(topic, number).encode()).hexdigest()[:12]
    assert found == digest, (
        f"{number} applied another {topic}.sql: undo the change, or write a migration that applies "
        f"it (CONTRIBUTING.md tells how), and say {found} there"
    )


def test_every_current_file_is_applied() -> None:
    files = {path.stem for path in (SQL / "current").glob("*")}
    assert {topic for _, topic, _ in applied()} >= files
    assert set(TOPICS) >= files


def test_every_text_that_was_kept_was_changed_by_its_migration() -> None:
    kept = {(path.parent.name, path.stem) for path in SQL.glob("former/*/*.sql")}
    assert kept <= {(number, topic) for number, topic, _ in applied()}
