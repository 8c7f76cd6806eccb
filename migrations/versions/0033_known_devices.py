"""Devices that an account knows stand in its row: few, and forgotten with its password."""

from sql_files import apply, restore, run

revision = "0033"
down_revision = "0032"
APPLIES = {
    "grants": "9a4267f3fb5c",
}


def upgrade() -> None:
    run("0033_known_devices.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0033_down.sql")
