"""A journey is looked for in the tenant of who asks, not by the policies alone."""

from sql_files import apply, restore

revision = "0019"
down_revision = "0018"
APPLIES = {"progress": "ceec695f66bb"}


def upgrade() -> None:
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
