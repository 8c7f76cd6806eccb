<%! from re import findall %>\
"""${message[0].upper() + message[1:]}."""

from skillbridge.adapters.postgres.scripts import run

revision = ${repr(up_revision).replace("'", '"')}
down_revision = ${repr(down_revision).replace("'", '"')}


def upgrade() -> None:
    run(__file__, "${up_revision}_${"_".join(findall(r"\w+", message)).lower()}.sql")


def downgrade() -> None:
    run(__file__, "${up_revision}_down.sql")
