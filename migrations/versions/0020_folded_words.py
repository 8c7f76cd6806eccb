"""A search finds a word with or without the marks on its letters."""

from sql_files import apply, restore, run

revision = "0020"
down_revision = "0019"
APPLIES = {
    "search": "49ec78c1b465",
    "grants": "b988bf2e1975",
}


def upgrade() -> None:
    apply(revision, *APPLIES)
    run("0020_folded_words.sql")


def downgrade() -> None:
    restore(revision)
    run("0020_down.sql")
