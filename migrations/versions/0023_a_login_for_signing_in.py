"""Signing in has a login of its own, and the API's holds no more than it uses."""

from sql_files import apply, restore, run

revision = "0023"
down_revision = "0022"
APPLIES = {
    "actor": "2f98e2c82634",
    "accounts": "809d32a5ea69",
    "lifecycles": "12a45e93129e",
    "mentors": "fac96bd3f88e",
    "policies": "74912e35957d",
    "grants": "587c3080b90e",
}


def upgrade() -> None:
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0023_down.sql")
