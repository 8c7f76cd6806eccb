"""The worker's part of the ledger, each in one round trip."""

from skillbridge.adapters.postgres.scripts import run

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run(__file__, "0013_jobs.sql")


def downgrade() -> None:
    run(__file__, "0013_down.sql")
