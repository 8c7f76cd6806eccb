"""Which schema this program was written for, without Alembic: servers compare, and need none."""

from skillbridge.adapters.migrations import migrations
from skillbridge.domain.errors import Unavailable


class SchemaDiffers(Unavailable):
    """The database stands at another revision than this program; the message says which is newer."""


def newest() -> str:
    """The number of the last migration: they are numbered in their order."""
    return max(path.name[:4] for path in migrations().glob("versions/[0-9]*.py"))


def compare(found: str | None, wanted: str) -> None:
    """Raises SchemaDiffers."""
    if found == wanted:
        return
    if found is None:
        raise SchemaDiffers("nobody has migrated this database yet: run `skillbridge migrate`")
    way_out = (
        "the database is newer: start the program that migrated it, or a later one"
        if found > wanted
        else "the database is older: run `skillbridge migrate`"
    )
    raise SchemaDiffers(f"schema {found}, but this program wants schema {wanted}; {way_out}")
