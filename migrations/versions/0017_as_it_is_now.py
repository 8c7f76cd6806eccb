"""Functions, triggers, policies and grants are written as they are now; nothing of them changes."""

from sql_files import apply

revision = "0017"
down_revision = "0016"
APPLIES = {
    "actor": "912afb12aaec",
    "stamps": "ff50fb0b70b4",
    "progress": "5050fe91562f",
    "lifecycles": "619f7ab2903a",
    "mentors": "6e061ad3d890",
    "search": "5ea72ee3db12",
    "jobs": "90f2af4eb7c3",
    "policies": "d7d79f224bc3",
    "grants": "2c41ddbcf30a",
}


def upgrade() -> None:
    apply(revision, *APPLIES)


def downgrade() -> None:
    """They are as 0016 left them."""
