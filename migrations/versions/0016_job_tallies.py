"""How many jobs are done, kept beside them."""

from sql_files import run

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run("0016_job_tallies.sql")


def downgrade() -> None:
    run("0016_down.sql")
