"""The login of signing in calls functions, and reads no table."""

from sql_files import apply, restore, run

revision = "0034"
down_revision = "0029"
APPLIES = {
    "users": "5b9859f429b8",
    "sign_ins": "3b68c2cd199b",
    "registrations": "900453bbb989",
    "proofs": "1517868762cb",
    "grants": "8cf1cdc10a6e",
}


def upgrade() -> None:
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0034_down.sql")
