"""Files of people, on their way and kept."""

from sql_files import apply, restore, run

revision = "0045"
down_revision = "0044"
APPLIES = {
    "lifecycles": "1eb617c3b2da",
    "uploads": "72b2f069e613",
    "policies": "dbe4623d9ec4",
    "grants": "e88dbe182ecb",
}


def upgrade() -> None:
    run("0045_uploads.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0045_down.sql")
