"""What notices are about, so that equal ones are one."""

from sql_files import run

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run("0010_notices_about.sql")


def downgrade() -> None:
    run("0010_down.sql")
