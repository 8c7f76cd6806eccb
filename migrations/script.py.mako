<%! from re import findall %>\
"""${message[0].upper() + message[1:]}."""

from sql_files import run

revision = ${repr(up_revision).replace("'", '"')}
down_revision = ${repr(down_revision).replace("'", '"')}


def upgrade() -> None:
    run("${up_revision}_${"_".join(findall(r"\w+", message)).lower()}.sql")


def downgrade() -> None:
    run("${up_revision}_down.sql")
