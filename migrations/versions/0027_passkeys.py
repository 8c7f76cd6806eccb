"""Passkeys."""

from sql_files import apply, restore, run

revision = "0027"
down_revision = "0026"
APPLIES = {
    "policies": "d87620e31dc6",
    "grants": "cc8f7d77919d",
}


def upgrade() -> None:
    run("0027_passkeys.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0027_down.sql")
