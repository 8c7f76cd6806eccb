"""A learner's way through a roadmap, locked and read in one round trip."""

from sql_files import run

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run("0012_journeys.sql")


def downgrade() -> None:
    run("0012_down.sql")
