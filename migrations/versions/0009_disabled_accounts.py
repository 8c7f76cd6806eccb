"""An account can be disabled, and enabled again."""

from skillbridge.adapters.postgres.scripts import run

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run(__file__, "0009_disabled_accounts.sql")


def downgrade() -> None:
    run(__file__, "0009_down.sql")
