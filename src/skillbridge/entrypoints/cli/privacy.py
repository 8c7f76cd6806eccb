"""`skillbridge privacy`: people's requests with their clocks, and what is deleted by its age."""

from typing import Annotated

import typer
from rich.table import Table

from skillbridge.application.privacy.ports import PrivacyReads
from skillbridge.application.privacy.retention import ForgetByAge, PreviewRetention
from skillbridge.entrypoints.cli.asking import Tenant, answer_by
from skillbridge.entrypoints.cli.terminal import wide_console

console = wide_console()
privacy = typer.Typer(help=__doc__, no_args_is_help=True)


@privacy.command()
def requests(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50, tenant: Tenant = ""
) -> None:
    """The requests that are open, those first whose 30 days are over first."""
    found = answer_by(PrivacyReads, tenant, lambda reads, actor: reads.register(actor, limit=limit))
    table = Table("id", "kind", "state", "asked", "answer until")
    for one in found:
        asked, due = f"{one.asked_at:%Y-%m-%d %H:%M}", f"{one.due_at:%Y-%m-%d %H:%M}"
        table.add_row(str(one.id), one.kind, one.state, asked, due)
    console.print(table)


@privacy.command()
def retention(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; delete nothing.")] = False,
    tenant: Tenant = "",
) -> None:
    """Delete what is past its term, as workers do every hour; or see what that would be."""
    if not dry_run:
        gone = answer_by(ForgetByAge, tenant, lambda forget, actor: forget.now(actor))
        for name, rows in sorted(gone.items()):
            console.print(f"{name}: {rows} deleted", markup=False)
        return
    table = Table("table", "kept for", "rows past it", "deleted by")
    for past in answer_by(PreviewRetention, tenant, lambda preview, actor: preview(actor)):
        term = past.term
        kept = f"{term.days} days after {term.since}"
        table.add_row(term.table, kept, str(past.rows), term.by or "ForgetByAge")
    console.print(table)
