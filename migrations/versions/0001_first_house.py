"""The first house: accounts, resources, roadmaps, matching, badges, notices, events and jobs."""

from sql_files import run

revision = "0001"
down_revision = None


def upgrade() -> None:
    run("0001_tables.sql", "0001_functions.sql", "0001_policies.sql", "0001_reads.sql")


def downgrade() -> None:
    run("0001_down.sql")
