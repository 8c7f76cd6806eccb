"""Cohorts: many learners matched at once, looked at, then applied."""

from pathlib import Path

from alembic import context, op

revision = "0002"
down_revision = "0001"

SQL = Path(__file__).parents[1] / "sql"


def run(name: str) -> None:
    """Runs a file of many statements in one go, which the driver's prepared path cannot."""
    script = (SQL / name).read_text()
    if context.is_offline_mode():
        op.execute(script)
        return
    driver = op.get_bind().connection.dbapi_connection
    assert driver is not None
    driver.run_async(lambda connection: connection.execute(script))


def upgrade() -> None:
    for name in ("0002_tables.sql", "0002_functions.sql", "0002_policies.sql"):
        run(name)


def downgrade() -> None:
    run("0002_down.sql")
