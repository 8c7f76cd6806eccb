"""Reads that are asked alone, and policies that look up one pair."""

from sql_files import run

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run("0014_reads_alone.sql")


def downgrade() -> None:
    run("0014_down.sql", "0001_reads.sql", "0004_ended_sign_ins.sql")
