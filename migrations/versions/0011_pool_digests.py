"""Digests of the pools of mentors: what the matcher must hold."""

from skillbridge.adapters.postgres.scripts import run

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run(__file__, "0011_pool_digests.sql")


def downgrade() -> None:
    run(__file__, "0011_down.sql")
