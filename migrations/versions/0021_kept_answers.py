"""What a request was answered, kept for when it is sent again."""

from sql_files import apply, restore, run

revision = "0021"
down_revision = "0020"
APPLIES = {
    "policies": "6592e91c7b01",
    "grants": "1aecfbb7bc7f",
}


def upgrade() -> None:
    run("0021_kept_answers.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0021_down.sql")
