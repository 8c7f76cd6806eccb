"""Accounts are signed in to by identities of others, and may have no password."""

from sql_files import apply, restore, run

revision = "0029"
down_revision = "0028"
APPLIES = {
    "policies": "1b97f020b6f3",
    "grants": "f928b2f5e87d",
}


def upgrade() -> None:
    run("0029_identities.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0029_down.sql")
