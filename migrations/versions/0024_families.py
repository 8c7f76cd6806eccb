"""Sign-ins say their last use, their key and one end, and are deleted after it."""

from sql_files import apply, restore, run

revision = "0024"
down_revision = "0023"
APPLIES = {"grants": "0894d5eac1ef"}


def upgrade() -> None:
    run("0024_families.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0024_down.sql")
