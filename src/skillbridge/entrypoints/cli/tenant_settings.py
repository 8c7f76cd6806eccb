"""`skillbridge tenants settings`: what a tenant decides for itself, in versions."""

from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table

from skillbridge.application.paging import PageRequest
from skillbridge.application.tenancy.settings import (
    ChangeTenantSettings,
    GetTenantSettings,
    ListSettingsVersions,
    RollBackTenantSettings,
)
from skillbridge.application.tenancy.views import SettingsVersion
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Invalid
from skillbridge.domain.tenancy.settings import Change
from skillbridge.entrypoints.cli.asking import answer_by
from skillbridge.entrypoints.cli.terminal import wide_console
from skillbridge.entrypoints.http.tenant_shapes import SettingsParts

console = wide_console()
settings = typer.Typer(help=__doc__, no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="The tenant's slug.")]
Reason = Annotated[str, typer.Option(help="Why, in a line: it is kept with the version.")]
Changes = Annotated[
    list[str],
    typer.Argument(
        help="matching.skill=5000 matching.availability=1000 ai=off languages=fr,wo branding.name=…"
    ),
]


@settings.command()
def show(slug: Slug) -> None:
    """What holds now, as JSON."""
    _tell(answer_by(GetTenantSettings, slug, lambda get, actor: get(actor, actor.tenant_id)))


@settings.command("set")
def set_settings(slug: Slug, changes: Changes, reason: Reason) -> None:
    """Make the next version; it counts within a second, everywhere."""

    async def change(change_it: ChangeTenantSettings, actor: Actor) -> SettingsVersion:
        # What is not named stays as it is: the version that was read must still be the newest.
        return await change_it(actor, actor.tenant_id, parts, Change(reason), seen={before.version})

    before = answer_by(GetTenantSettings, slug, lambda get, actor: get(actor, actor.tenant_id))
    parts = _parts(before, changes)
    _tell(answer_by(ChangeTenantSettings, slug, change))


@settings.command()
def history(slug: Slug, limit: Annotated[int, typer.Option(min=1, max=1000)] = 50) -> None:
    """Who decided when, and why; the newest first."""
    table = Table("version", "when", "who", "why")
    found = answer_by(
        ListSettingsVersions,
        slug,
        lambda versions, actor: versions(actor, actor.tenant_id, PageRequest(limit)),
    )
    for one in found.items:
        when = one.changed_at.isoformat(timespec="seconds")
        table.add_row(str(one.version), when, str(one.changed_by or "operator"), one.reason)
    console.print(table)


@settings.command()
def rollback(slug: Slug, version: int, reason: Reason) -> None:
    """Take an earlier version up again, as the next one."""
    _tell(
        answer_by(
            RollBackTenantSettings,
            slug,
            lambda roll_back, actor: roll_back(actor, actor.tenant_id, version, Change(reason)),
        )
    )


def _parts(before: SettingsVersion, changes: list[str]) -> dict[str, Any]:
    """Each part that one of the changes is in, whole."""
    known, wanted = msgspec.to_builtins(before.settings), dict[str, Any]()
    for change in changes:
        path, said, value = change.partition("=")
        part, dot, leaf = path.partition(".")
        if not said:
            raise typer.BadParameter(f"write {change} as PART.NAME=VALUE")
        if dot:
            wanted.setdefault(part, {**_whole(known.get(part))})[leaf] = value or _nothing(leaf)
        else:
            wanted[part] = value.split(",") if part == "languages" else value
    try:
        return msgspec.convert(wanted, SettingsParts, strict=False).meant()
    except (msgspec.ValidationError, Invalid) as error:
        raise typer.BadParameter(str(error)) from error


def _whole(part: Any) -> dict[str, Any]:
    return part if isinstance(part, dict) else {}


def _nothing(leaf: str) -> str | None:
    return None if leaf == "reply_to" else ""


def _tell(found: SettingsVersion) -> None:
    console.print_json(msgspec.json.encode(found).decode())
