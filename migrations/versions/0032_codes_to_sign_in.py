"""Accounts are signed in to by codes that are mailed."""

from sql_files import run

revision = "0032"
down_revision = "0029"


def upgrade() -> None:
    run("0032_codes_to_sign_in.sql")


def downgrade() -> None:
    run("0032_down.sql")
