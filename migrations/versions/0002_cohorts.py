"""Cohorts: many learners matched at once, looked at, then applied."""

from sql_files import run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run("0002_tables.sql", "0002_functions.sql", "0002_policies.sql")


def downgrade() -> None:
    run("0002_down.sql")
