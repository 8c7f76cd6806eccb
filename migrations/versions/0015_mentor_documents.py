"""What a search may find a mentor by."""

from skillbridge.adapters.postgres.scripts import run

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run(__file__, "0015_mentor_documents.sql")


def downgrade() -> None:
    run(__file__, "0015_down.sql")
