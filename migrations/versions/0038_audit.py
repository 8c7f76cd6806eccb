"""An audit trail: append-only, by month, and chained for each tenant."""

from sql_files import apply, restore, run

revision = "0038"
down_revision = "0036"
APPLIES = {"audit": "a95743ab1f3e", "policies": "bd570ec672dd", "grants": "c35f8ca5ddb3"}


def upgrade() -> None:
    run("0038_audit.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0038_down.sql")
