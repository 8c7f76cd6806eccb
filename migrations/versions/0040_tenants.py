"""Tenants are suspended and erased, and decide for themselves by settings of which every version is kept."""

from sql_files import apply, restore, run

revision = "0040"
down_revision = "0034"
APPLIES = {"tenants": "94e250f85e14", "jobs": "ecdc88cae721", "policies": "0028a8254b85", "grants": "b8968f41e710"}


def upgrade() -> None:
    run("0040_tenants.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0040_down.sql")
