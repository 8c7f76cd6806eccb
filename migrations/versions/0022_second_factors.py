"""Authenticator apps beside the password."""

from sql_files import apply, restore, run

revision = "0022"
down_revision = "0021"
APPLIES = {
    "policies": "74d8bba54bee",
    "grants": "4db176b631c4",
}


def upgrade() -> None:
    run("0022_second_factors.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0022_down.sql")
