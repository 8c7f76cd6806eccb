"""The first house: accounts, resources, roadmaps, matching, badges, notices, events and jobs."""

from pathlib import Path

from alembic import context, op

revision = "0001"
down_revision = None

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
    for name in ("0001_tables.sql", "0001_functions.sql", "0001_policies.sql", "0001_reads.sql"):
        run(name)


def downgrade() -> None:
    run("0001_down.sql")
