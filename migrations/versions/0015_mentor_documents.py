"""What a search may find a mentor by."""

from sql_files import run

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run("0015_mentor_documents.sql")


def downgrade() -> None:
    run("0015_down.sql")
