"""Processes: which parts of the installation run, by what they say of themselves."""

from skillbridge.adapters.postgres.scripts import run

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run(__file__, "0005_processes.sql")


def downgrade() -> None:
    run(__file__, "0005_down.sql")
