"""`skillbridge audit`: who did what to whom, whether the trail is whole, and the trail for other programs."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Column, Table

from skillbridge.application.audit.anchoring import AnchorAudit
from skillbridge.application.audit.ecs import VERSION, document
from skillbridge.application.audit.exporting import ExportAudit
from skillbridge.application.audit.sealing import SealAudit
from skillbridge.application.audit.searching import CountSignals, SearchAudit
from skillbridge.application.audit.views import AuditEntry, Search, SignalCount
from skillbridge.application.audit.watching import WatchAudit
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.audit.chain import Fault
from skillbridge.domain.audit.signals import SIGNALS
from skillbridge.domain.ids import UserId
from skillbridge.entrypoints.cli.asking import Tenant, answer_by
from skillbridge.entrypoints.cli.terminal import foreign, wide_console

console = wide_console()
audit = typer.Typer(help=__doc__, no_args_is_help=True)

SAID = {
    Fault.EDITED: "an entry is not what was sealed: it was edited, moved or put in",
    Fault.MISSING: "entries are missing from here on",
    Fault.TWICE: "two entries have this place",
    Fault.CUT: "the newest entries are missing, from here on",
    Fault.RESTORED: "an anchor knows this place and the database does not: a backup was restored",
    Fault.REWRITTEN: "the seal of this place is not the one that was anchored, or last made",
    Fault.FORGED: "a line of the file of anchors was not signed by this installation",
    Fault.WAITING: "an entry waits for its seal: does a worker live?",
}
Moment = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])]


@audit.command()
def search(
    action: Annotated[str | None, typer.Option(help="As RoleGranted.")] = None,
    actor: Annotated[UUID | None, typer.Option(help="Who did it.")] = None,
    subject: Annotated[UUID | None, typer.Option(help="To whom.")] = None,
    request: Annotated[str | None, typer.Option(help="By which request, by either id.")] = None,
    since: Moment = None,
    until: Moment = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    tenant: Tenant = "",
) -> None:
    """The entries that fit, the newest first; times are UTC. That you looked is an entry too."""
    asked = Search(
        action,
        None if actor is None else UserId(actor),
        None if subject is None else UserId(subject),
        request,
        since and since.replace(tzinfo=UTC),
        until and until.replace(tzinfo=UTC),
    )
    found: Page[AuditEntry, Key] = answer_by(
        SearchAudit, tenant, lambda look, by: look(by, asked, PageRequest(limit))
    )
    _show(found.items)
    if found.next is not None:
        console.print(
            f"there are more: add --until {found.next.at:%Y-%m-%dT%H:%M:%S}", markup=False
        )


@audit.command()
def verify(tenant: Tenant = "") -> None:
    """Compute each seal anew and compare with the anchors; ends with 1 where anything is wrong.

    Then administrators are told, too.
    """
    answer_by(SealAudit, tenant, lambda seal, by: seal(by))
    found = answer_by(WatchAudit, tenant, lambda look, by: look(by))
    console.print(
        f"{found.entries} entries, the last has place {found.last}; {found.anchors} anchors",
        markup=False,
    )
    for finding in found.findings:
        place = f"place {finding.n}: " if finding.n else ""
        console.print(
            f"{place}{finding.fault.value}: {SAID[finding.fault]}", style="red", markup=False
        )
    if found.findings:
        raise typer.Exit(1)
    console.print("nothing is wrong")


@audit.command()
def signals(
    days: Annotated[int, typer.Option(min=1, max=731, help="Of the last so many days.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    tenant: Tenant = "",
) -> None:
    """How many security signals were raised, by kind. That you looked is an entry of the trail."""
    since = datetime.now(UTC) - timedelta(days=days)
    found: Sequence[SignalCount] = answer_by(
        CountSignals, tenant, lambda count, by: count(by, since)
    )
    by_kind = {one.kind: one for one in found}
    told = [(kind, signal, by_kind.get(kind.value)) for kind, signal in SIGNALS.items()]
    if as_json:
        for kind, signal, one in told:
            line = {
                "kind": kind.value,
                "severity": signal.severity.value,
                "raised": one.raised if one else 0,
                "newest": one.newest.astimezone(UTC).isoformat() if one else None,
            }
            typer.echo(json.dumps(line, separators=(",", ":")))
        return
    table = Table(
        "kind", "severity", Column("raised", justify="right"), "newest (UTC)", "what it is"
    )
    for kind, signal, one in told:
        newest = f"{one.newest.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if one else "-"
        number = str(one.raised if one else 0)
        table.add_row(kind.value, signal.severity.value, number, newest, signal.title)
    console.print(table)
    console.print("who and when: skillbridge audit search --action SecuritySignalRaised")


@audit.command()
def anchor(tenant: Tenant = "") -> None:
    """Write the newest seal to the file of anchors now, as the worker does each day."""
    answer_by(AnchorAudit, tenant, lambda show, by: show(by))
    console.print("done")


@audit.command()
def export(
    after: Annotated[int, typer.Option(min=0, help="The last place that you have.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 10_000,
    tenant: Tenant = "",
) -> None:
    """Sealed entries in the order of the chain, a JSON document of the Elastic Common Schema a line."""
    for one in answer_by(ExportAudit, tenant, lambda take, by: take(by, after, limit)):
        typer.echo(json.dumps(document(one, tenant), separators=(",", ":")))


export.__doc__ = f"{export.__doc__} Version {VERSION}."


def _show(found: Sequence[AuditEntry]) -> None:
    table = Table(
        Column("when (UTC)", no_wrap=True), "action", "by", "to", "from", "request", "details"
    )
    for one in found:
        table.add_row(
            f"{one.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            one.action,
            foreign(one.operator or str(one.actor_id or one.actor_kind.value)),
            str(one.subject_id or "-"),
            one.network or "-",
            foreign(one.correlation_id or one.request_id or "-"),
            foreign(json.dumps(dict(one.details), ensure_ascii=False)),
        )
    console.print(table)
