"""Operators remove second factors, and a sign-in that was ended lives no longer by any login."""

from sql_files import apply, restore

revision = "0026"
down_revision = "0025"
APPLIES = {
    "lifecycles": "7b65a2b7b6ed",
    "grants": "73d091d7c1fa",
}


def upgrade() -> None:
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
