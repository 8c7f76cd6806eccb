"""Requests of people about their data, and what erasing them needs."""

from sql_files import apply, restore, run

revision = "0043"
down_revision = "0040"
APPLIES = {
    "lifecycles": "2bb7ad631ecf",
    "privacy": "2496ae4519e8",
    "policies": "6e5ad049812c",
    "audit": "82466067a973",
    "grants": "5f775cf2e331",
}


def upgrade() -> None:
    run("0043_privacy.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0043_down.sql")
