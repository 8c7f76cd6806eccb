"""A registration that waits is a row of its own, and no account yet."""

from sql_files import run

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run("0006_registrations.sql")


def downgrade() -> None:
    run("0006_down.sql")
