"""A code is typed in at a provider, and operators take away what an account opens with."""

from sql_files import apply, restore, run

revision = "0030"
down_revision = "0029"
APPLIES = {
    "policies": "bfa21c88e9af",
    "grants": "1c99da80c111",
}


def upgrade() -> None:
    run("0030_device_flow.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0030_down.sql")
