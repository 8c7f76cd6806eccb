"""Impressions: which mentors were shown to whom, in which order, for a model to learn from."""

from skillbridge.adapters.postgres.scripts import run

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run(__file__, "0003_impressions.sql")


def downgrade() -> None:
    run(__file__, "0003_down.sql")
