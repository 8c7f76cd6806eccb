"""Text of people: in one form, and within its bounds in the database too."""

from sql_files import run

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run("0007_text.sql")


def downgrade() -> None:
    run("0007_down.sql")
