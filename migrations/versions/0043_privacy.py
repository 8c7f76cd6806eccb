"""Requests of people about their data, and what erasing them needs."""

from sql_files import apply, restore, run

revision = "0043"
down_revision = "0034"
APPLIES = {
    "lifecycles": "2bb7ad631ecf",
    "privacy": "2496ae4519e8",
    "policies": "e0c0828265d5",
    "grants": "6535b78f3f97",
}


def upgrade() -> None:
    run("0043_privacy.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0043_down.sql")
