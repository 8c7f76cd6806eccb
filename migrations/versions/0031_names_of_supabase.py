"""Policies that were written for Supabase run here: auth.uid() and its like say who asks."""

from sql_files import apply, run

revision = "0031"
down_revision = "0030"
APPLIES = {"supabase": "7268130403c1"}


def upgrade() -> None:
    apply(revision, *APPLIES)


def downgrade() -> None:
    run("0031_down.sql")
