"""Impressions: which mentors were shown to whom, in which order, for a model to learn from."""

from sql_files import run

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run("0003_impressions.sql")


def downgrade() -> None:
    run("0003_down.sql")
