"""Processes: which parts of the installation run, by what they say of themselves."""

from sql_files import run

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run("0005_processes.sql")


def downgrade() -> None:
    run("0005_down.sql")
