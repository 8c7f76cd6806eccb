"""Accounts have phones, to which codes are sent by SMS."""

from sql_files import apply, restore, run

revision = "0036"
down_revision = "0034"
APPLIES = {
    "phones": "a80d8446063a",
    "policies": "7bc3dc3a32d3",
    "grants": "4264a1830e5d",
}


def upgrade() -> None:
    run("0036_phones.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0036_down.sql")
