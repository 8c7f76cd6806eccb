"""`skillbridge service-tokens`: tokens of a tenant's own programs, which are nobody's."""

from typing import Annotated

import typer
from rich.table import Table

from skillbridge.application.accounts.ports.api_tokens import ApiTokenReads
from skillbridge.application.accounts.service_tokens import CreateServiceToken, RevokeServiceToken
from skillbridge.domain.accounts.api_token import MOST_DAYS, USUAL_DAYS, Wish
from skillbridge.domain.errors import Invalid
from skillbridge.entrypoints.cli.asking import Tenant, answer_by
from skillbridge.entrypoints.cli.terminal import wide_console

console = wide_console()
service_tokens = typer.Typer(help=__doc__, no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="What the program is called: a-z, 0-9 and hyphens.")]


@service_tokens.command("list")
def list_tokens(tenant: Tenant = "") -> None:
    """Those that live: what they open, until when, and when one was used last."""
    found = answer_by(ApiTokenReads, tenant, lambda reads, actor: reads.of_services(actor))
    table = Table("name", "scopes", "until", "last used")
    for one in found:
        used = f"{one.last_used_at:%Y-%m-%d %H:%M} UTC" if one.last_used_at else "-"
        table.add_row(one.name, " ".join(one.scopes), f"{one.expires_at:%Y-%m-%d}", used)
    console.print(table)


@service_tokens.command()
def make(
    name: Name,
    scope: Annotated[list[str], typer.Option(help="What it opens; may be given several times.")],
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS)] = USUAL_DAYS,
    tenant: Tenant = "",
) -> None:
    """Make a token, which is shown this once; one that has the name ends."""
    try:
        wish = Wish(name, tuple(scope), days)
    except Invalid as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None
    made = answer_by(CreateServiceToken, tenant, lambda create, actor: create(actor, wish))
    typer.echo(made.token)


@service_tokens.command()
def revoke(name: Name, tenant: Tenant = "") -> None:
    """End a token: it opens nothing any more, everywhere within a second."""
    answer_by(RevokeServiceToken, tenant, lambda revoke_it, actor: revoke_it(actor, name))
    console.print(f"{name} is revoked", markup=False)
