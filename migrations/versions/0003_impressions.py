"""Impressions: which mentors were shown to whom, in which order, for a model to learn from."""

from pathlib import Path

from alembic import context, op

revision = "0003"
down_revision = "0002"

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
    run("0003_impressions.sql")


def downgrade() -> None:
    run("0003_down.sql")
