"""The login of signing in calls functions, and reads no table."""

from sql_files import apply, restore, run

revision = "0034"
down_revision = "0033"
APPLIES = {
    "actor": "0c34c4c4e92d",
    "users": "65148a9b151b",
    "sign_ins": "3b68c2cd199b",
    "registrations": "93f42cd00f1a",
    "proofs": "c6eb2d2068bd",
    "api_tokens": "87e131c0d703",
    "second_factors": "48391bd4d408",
    "passkeys": "49c0b36d18aa",
    "identities": "c37cd4194a62",
    "grants": "ab0ad49e9728",
}


def upgrade() -> None:
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0034_down.sql")
