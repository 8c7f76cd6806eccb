"""Devices that an account knows stand in its row: few, and forgotten with its password."""

from sql_files import apply, restore, run

revision = "0033"
down_revision = "0029"
APPLIES = {
    "grants": "13b9b5a7aaf7",
}


def upgrade() -> None:
    run("0033_known_devices.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0033_down.sql")
