"""The worker's part of the ledger, each in one round trip."""

from sql_files import run

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run("0013_jobs.sql")


def downgrade() -> None:
    run("0013_down.sql")
