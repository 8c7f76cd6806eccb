"""The database as operators meet it: made ready, and looked at.

Apart from the wiring, for servers need no Alembic, and `migrate` needs nothing else.
"""

from skillbridge.adapters.postgres import schema
from skillbridge.adapters.postgres.database import Database
from skillbridge.adapters.postgres.pooler import Pooling
from skillbridge.adapters.postgres.processes import PostgresProcesses
from skillbridge.entrypoints.settings import Settings
from skillbridge.entrypoints.standing import workers


async def migrate(settings: Settings) -> str | None:
    """Makes the logins and brings the tables up; returns the revision. Raises Unavailable."""
    await schema.prepare(
        settings.database_admin_url,
        app_password=settings.app_password,
        worker_password=settings.worker_password,
        pooling=settings.database_pooler,
    )
    await schema.upgrade(settings.database_admin_url)
    return await schema.revision_of(settings.database_admin_url)


async def look_at(url: str, *, pooling: Pooling = "auto", system: bool = False) -> str:
    """The versions of server and schema; raises what is wrong with this login."""
    database = await Database.connect(url, size=1, pooling=pooling)
    try:
        if system:
            await database.require_system()
        found = await database.version()
    finally:
        await database.close()
    newest = schema.newest()
    if f"schema {newest}" not in found:
        raise LookupError(f"{found}, but this program wants schema {newest}")
    return found


async def look_at_workers(settings: Settings) -> str:
    """How many live; raises Unavailable when none does."""
    opened = await Database.connect(settings.database_url, size=1, pooling=settings.database_pooler)
    try:
        return await workers(PostgresProcesses(opened))
    finally:
        await opened.close()
