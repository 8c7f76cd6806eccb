"""A registration that waits is a row of its own, and no account yet."""

from skillbridge.adapters.postgres.scripts import run

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run(__file__, "0006_registrations.sql")


def downgrade() -> None:
    run(__file__, "0006_down.sql")
