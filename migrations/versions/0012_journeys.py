"""A learner's way through a roadmap, locked and read in one round trip."""

from skillbridge.adapters.postgres.scripts import run

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run(__file__, "0012_journeys.sql")


def downgrade() -> None:
    run(__file__, "0012_down.sql")
