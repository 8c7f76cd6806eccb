"""`skillbridge tenants`: found, suspend, resume, export and erase an organisation; its settings."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from skillbridge.application.ports.tenants import Tenants
from skillbridge.application.tenancy.lifecycle import (
    EraseTenant,
    ExportTenant,
    ResumeTenant,
    SuspendTenant,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.tenancy.settings import Change
from skillbridge.domain.tenancy.tenant import check_slug
from skillbridge.entrypoints.cli.asking import answer_by, answer_of
from skillbridge.entrypoints.cli.tenant_export import Folder
from skillbridge.entrypoints.cli.tenant_settings import settings
from skillbridge.entrypoints.cli.terminal import wide_console

console = wide_console()
tenants = typer.Typer(help=__doc__, no_args_is_help=True)
tenants.add_typer(settings, name="settings")

Slug = Annotated[str, typer.Argument(help="The tenant's slug.")]
Reason = Annotated[str, typer.Option(help="Why, in a line: it is kept with what happened.")]


@tenants.command("list")
def list_tenants() -> None:
    """All of this installation, by slug."""
    table = Table("slug", "name", "state", "id")
    for one in answer_of(Tenants, lambda tenants: tenants.all()):
        table.add_row(one.slug, escape(one.name), one.state.value, str(one.id))
    console.print(table)


@tenants.command()
def found(slug: Slug, name: Annotated[str, typer.Argument(help="As people know it.")]) -> None:
    """Found a tenant; one that is there already stays as it is."""

    async def ask(tenants: Tenants) -> object:
        check_slug(slug)
        return await tenants.found(slug, name)

    console.print(f"{slug} is {answer_of(Tenants, ask)}", markup=False)


@tenants.command()
def suspend(slug: Slug, reason: Reason) -> None:
    """Let nobody of it in, and let its jobs rest; everything is kept."""
    answer_by(SuspendTenant, slug, lambda suspend_it, actor: suspend_it(actor, Change(reason)))
    console.print(f"{slug} is suspended", markup=False)


@tenants.command()
def resume(slug: Slug, reason: Reason) -> None:
    """Let its people in again, as if nothing had been."""
    answer_by(ResumeTenant, slug, lambda resume_it, actor: resume_it(actor, Change(reason)))
    console.print(f"{slug} is active", markup=False)


@tenants.command()
def export(
    slug: Slug, to: Annotated[Path, typer.Argument(help="A folder that is not there yet.")]
) -> None:
    """Every row of every table as JSON lines, and a manifest with their hashes.

    The rows hold hashes of passwords and sealed secrets, too: the files are for their owner alone.
    """

    async def write(folder: Folder, export_it: ExportTenant, actor: Actor) -> int:
        tenant, rows = await export_it(actor)
        async for table, row in rows:
            folder.write(table, row)
        return folder.finish(tenant)

    with Folder(to) as folder:
        count = answer_by(ExportTenant, slug, lambda it, actor: write(folder, it, actor))
    console.print(f"{count} rows of {slug} are in {to}", markup=False)


@tenants.command()
def erase(
    slug: Slug,
    confirm: Annotated[str, typer.Option(help="The slug once more: there is no way back.")],
) -> None:
    """Delete every row of a suspended tenant, and the tenant; killed, say it again and it goes on."""
    gone = answer_by(EraseTenant, slug, lambda erase_it, actor: erase_it(actor, confirmed=confirm))
    table = Table("table", "rows deleted")
    for name, count in sorted(gone.items()):
        if count:
            table.add_row(name, str(count))
    console.print(table)
    console.print(f"{slug} is erased; backups and exports of it are yours to delete", markup=False)
