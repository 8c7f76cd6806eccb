"""Which sign-ins have ended, in one round trip."""

from sql_files import run

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run("0004_ended_sign_ins.sql")


def downgrade() -> None:
    run("0004_down.sql")
