"""Digests of the pools of mentors: what the matcher must hold."""

from sql_files import run

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run("0011_pool_digests.sql")


def downgrade() -> None:
    run("0011_down.sql")
