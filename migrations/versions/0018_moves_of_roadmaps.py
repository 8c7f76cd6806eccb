"""A roadmap that is drawn stays drawn: its moves are guarded like those of matches and cohorts."""

from sql_files import apply, restore, run

revision = "0018"
down_revision = "0017"
APPLIES = {
    "lifecycles": "bd3f1004ddc0",
    "grants": "76f297e26d82",
}


def upgrade() -> None:
    apply(revision, *APPLIES)
    run("0018_moves_of_roadmaps.sql")


def downgrade() -> None:
    restore(revision)
    run("0018_down.sql")
