"""Tokens that programs act with, for a person or a tenant."""

from sql_files import apply, restore, run

revision = "0028"
down_revision = "0027"
APPLIES = {
    "actor": "1291133953ca",
    "accounts": "5548019c6226",
    "policies": "6a7b0046648b",
    "grants": "d98b9e7cca11",
}


def upgrade() -> None:
    run("0028_api_tokens.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0028_down.sql")
