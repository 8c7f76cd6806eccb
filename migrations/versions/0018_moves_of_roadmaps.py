"""A roadmap that is drawn stays drawn: its moves are guarded like those of matches and cohorts."""

from sql_files import apply, restore, run

revision = "0018"
down_revision = "0017"
APPLIES = {
    "lifecycles": "254d797da088",
    "grants": "76f297e26d82",
}


def upgrade() -> None:
    apply(revision, *APPLIES)
    run("0018_moves_of_roadmaps.sql")


def downgrade() -> None:
    restore(revision)
    run("0018_down.sql")
