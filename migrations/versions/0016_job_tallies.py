"""How many jobs are done, kept beside them."""

from skillbridge.adapters.postgres.scripts import run

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run(__file__, "0016_job_tallies.sql")


def downgrade() -> None:
    run(__file__, "0016_down.sql")
