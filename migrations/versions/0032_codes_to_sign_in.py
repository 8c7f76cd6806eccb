"""Accounts are signed in to, and addresses confirmed, by codes that are mailed."""

from sql_files import apply, restore, run

revision = "0032"
down_revision = "0031"
APPLIES = {
    "grants": "6cb92a835a0c",
}


def upgrade() -> None:
    run("0032_codes_to_sign_in.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0032_down.sql")
