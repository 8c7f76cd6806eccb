"""`skillbridge users`: who is here, what they may do, and ending their sign-ins."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, TypeVar

import typer
from rich.markup import escape
from rich.table import Column, Table

from skillbridge.application.accounts.administration import GrantRole, RevokeSessions
from skillbridge.application.accounts.ports import AccountReads
from skillbridge.application.accounts.views import Account
from skillbridge.application.ports import Tenants
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints import settings as environment
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.cli.terminal import wide_console
from skillbridge.entrypoints.local.beside import with_local_stack

console = wide_console()
users = typer.Typer(help=__doc__, no_args_is_help=True)

T = TypeVar("T")
Email = Annotated[str, typer.Argument(help="The address that the account was registered with.")]
Tenant = Annotated[str, typer.Option(help="A slug; without it, the default tenant.")]


@users.command("list")
def list_users(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50, tenant: Tenant = ""
) -> None:
    """The accounts of a tenant, newest first."""
    table = Table(Column("e-mail", no_wrap=True, min_width=32), "verified", "roles", "id")
    found: Sequence[Account] = _with(
        AccountReads, tenant, lambda reads, actor: reads.newest(actor, limit=limit)
    )
    for account in found:
        verified = "yes" if account.verified else "no"
        table.add_row(account.email, verified, ", ".join(account.roles), str(account.id))
    console.print(table)


@users.command()
def grant(email: Email, role: Role, tenant: Tenant = "") -> None:
    """Give an account a role; it counts from the next refresh of its sign-ins."""
    new = _with(GrantRole, tenant, lambda grant_role, actor: grant_role(actor, email, role))
    console.print(f"{email} is {role.value}" + ("" if new else " already"))


@users.command("revoke-sessions")
def revoke_sessions(email: Email, tenant: Tenant = "") -> None:
    """End every sign-in of an account at once."""
    ended = _with(RevokeSessions, tenant, lambda revoke, actor: revoke(actor, email))
    console.print(f"{ended} sign-ins of {email} have ended")


def _with(kind: type[Any], tenant: str, ask: Callable[[Any, Actor], Awaitable[T]]) -> T:
    """Asks as the system; what goes wrong is said and ends with 1."""

    async def run() -> T:
        settings = environment.load(with_local_stack(os.environ))
        container = wiring.worker(settings)
        try:
            tenants: Tenants = await container.get(Tenants)
            actor = Actor.system(await tenants.by_slug(tenant or settings.default_tenant))
            async with container() as scope:
                return await ask(await scope.get(kind), actor)
        finally:
            await container.close()

    try:
        return asyncio.run(run())
    except SkillBridgeError as error:
        console.print(f"[red]{escape(str(error))}[/]")
        raise typer.Exit(1) from None
