"""A mail that is answered once, to set a password anew or to confirm another address."""

from sql_files import apply, restore, run

revision = "0025"
down_revision = "0024"
APPLIES = {
    "policies": "5a24bf131905",
    "grants": "9559b2e14774",
}


def upgrade() -> None:
    run("0025_one_time_proofs.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0025_down.sql")
