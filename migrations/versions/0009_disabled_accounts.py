"""An account can be disabled, and enabled again."""

from sql_files import run

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run("0009_disabled_accounts.sql")


def downgrade() -> None:
    run("0009_down.sql")
