"""What only grew is deleted by its age."""

from sql_files import run

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    run("0044_retention.sql")


def downgrade() -> None:
    run("0044_down.sql")
