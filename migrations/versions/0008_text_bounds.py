"""The bounds of texts, held against the rows that were there before."""

from sql_files import run

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run("0008_text_bounds.sql")


def downgrade() -> None:
    """They go with 0007."""
