"""${message.capitalize()}."""

from skillbridge.adapters.postgres.scripts import run

revision = ${repr(up_revision).replace("'", '"')}
down_revision = ${repr(down_revision).replace("'", '"')}


def upgrade() -> None:
    run(__file__, "${up_revision}_up.sql")


def downgrade() -> None:
    run(__file__, "${up_revision}_down.sql")
