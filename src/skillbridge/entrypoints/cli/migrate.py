"""`skillbridge migrate`: the logins and the tables."""

import asyncio

import typer

from skillbridge import settings as environment
from skillbridge.entrypoints import database
from skillbridge.entrypoints.cli.terminal import wide_console

console = wide_console()


def migrate() -> None:
    """Bring the database up to this program; safe to run again, and from several places at once.

    Needs DATABASE_ADMIN_URL, a login that may create roles.
    """
    settings = environment.load(program="migrate")
    if not settings.database_admin_url:
        console.print("[red]DATABASE_ADMIN_URL is not set:[/] give a login that may create roles")
        raise typer.Exit(2)
    revision = asyncio.run(database.migrate(settings))
    console.print(f"the database stands at revision {revision}")
