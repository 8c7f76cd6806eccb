"""The database as operators meet it: made ready, and looked at.

Apart from the wiring, for servers need no Alembic, and `migrate` needs nothing else.
"""

from skillbridge.adapters import schema
from skillbridge.adapters.postgres.engine import revision
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.pooler import Pooling
from skillbridge.adapters.postgres.kernel.processes import PostgresProcesses
from skillbridge.adapters.postgres.kernel.tenants import PostgresTenants
from skillbridge.domain.actor import PrincipalKind
from skillbridge.entrypoints.dependencies import workers
from skillbridge.settings import Settings


async def migrate(settings: Settings) -> str | None:
    """Makes the logins and brings the tables up; returns the revision. Raises Unavailable."""
    await schema.prepare(
        settings.database_admin_url,
        app_password=settings.app_password,
        auth_password=settings.auth_password,
        worker_password=settings.worker_password,
        pooling=settings.database_pooler,
    )
    await schema.upgrade(settings.database_admin_url)
    return await schema.revision_of(settings.database_admin_url)


async def look_at(
    url: str, *, pooling: Pooling = "auto", acts_as: PrincipalKind | None = None
) -> str:
    """The versions of server and schema; raises what is wrong with this login."""
    database = await Database.connect(url, size=1, pooling=pooling)
    try:
        told = await database.version()
        if acts_as is not None:
            await database.require_believed(acts_as)
        return told
    finally:
        await database.close()


async def look_at_tenant(settings: Settings) -> str:
    """That people can register; raises Unavailable when nobody has founded the default tenant."""
    opened = await Database.connect(settings.database_url, size=1, pooling=settings.database_pooler)
    try:
        await PostgresTenants(opened).by_slug(settings.default_tenant)
    finally:
        await opened.close()
    return settings.default_tenant


async def look_at_workers(settings: Settings) -> str:
    """How many live; raises Unavailable when none does."""
    opened = await Database.connect(settings.database_url, size=1, pooling=settings.database_pooler)
    try:
        return await workers(PostgresProcesses(opened))
    finally:
        await opened.close()


def schema_revision() -> str:
    """The revision that this program was written for."""
    return revision.newest()
