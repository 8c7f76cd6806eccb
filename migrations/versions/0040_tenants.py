"""Tenants are suspended and erased, and decide for themselves by settings of which every version is kept."""

from sql_files import apply, restore, run

revision = "0040"
down_revision = "0038"
APPLIES = {
    "tenants": "94e250f85e14",
    "jobs": "ecdc88cae721",
    "policies": "cafc088e49ca",
    "grants": "5ad3d52f8b7a",
}


def upgrade() -> None:
    run("0040_tenants.sql")
    apply(revision, *APPLIES)


def downgrade() -> None:
    restore(revision)
    run("0040_down.sql")
