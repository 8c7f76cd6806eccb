"""An audit trail: append-only, by month, and chained for each tenant."""

from sql_files import apply, restore, run

revision = "0038"
down_revision = "0034"
APPLIES = {"audit": "a95743ab1f3e", "policies": "f4200353bb40", "grants": "cc6869ed909c"}


def upgrade() -> None:
    run("0038_audit.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0038_down.sql")
