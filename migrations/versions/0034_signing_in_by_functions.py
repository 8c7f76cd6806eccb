"""The login of signing in calls functions, and reads no table."""

from sql_files import apply, restore, run

revision = "0034"
down_revision = "0029"
APPLIES = {
    "actor": "0c34c4c4e92d",
    "users": "5b9859f429b8",
    "sign_ins": "3b68c2cd199b",
    "registrations": "900453bbb989",
    "proofs": "78311009d2cb",
    "api_tokens": "87e131c0d703",
    "second_factors": "85445c51ad4e",
    "passkeys": "49c0b36d18aa",
    "identities": "f981caab881b",
    "grants": "45bfc5559982",
}


def upgrade() -> None:
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0034_down.sql")
