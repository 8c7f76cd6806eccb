"""`skillbridge users`: who is here, what they may do, and shutting them out."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from skillbridge.application.accounts.administration import (
    DisableAccount,
    EnableAccount,
    GrantRole,
    RemoveSecondFactorOf,
    RevokeEverySession,
    RevokeRole,
    RevokeSessions,
)
from skillbridge.application.accounts.ports.users import AccountReads
from skillbridge.application.accounts.views import Account
from skillbridge.application.accounts.ways_in import RemovePasskeyOf, UnlinkIdentityOf
from skillbridge.application.paging import Page, PageRequest
from skillbridge.domain.actor import Role
from skillbridge.entrypoints.cli.asking import Tenant, answer_by
from skillbridge.entrypoints.cli.terminal import wide_console

console = wide_console()
users = typer.Typer(help=__doc__, no_args_is_help=True)

Reason = Annotated[
    str, typer.Option(help="Why, in a line: it is kept with the change, and told to nobody.")
]
Email = Annotated[str, typer.Argument(help="The address that the account was registered with.")]


@users.command("list")
def list_users(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50, tenant: Tenant = ""
) -> None:
    """The accounts of a tenant, newest first."""
    _show(answer_by(AccountReads, tenant, lambda reads, actor: reads.newest(actor, limit=limit)))


@users.command()
def search(
    words: Annotated[str, typer.Argument(help="A part of the address or of the name.")],
    after: Annotated[str, typer.Option(help="Go on after this address.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    tenant: Tenant = "",
) -> None:
    """The accounts whose address or name holds the words, by address."""
    found: Page[Account, str] = answer_by(
        AccountReads,
        tenant,
        lambda reads, actor: reads.search(actor, words, PageRequest(limit, after or None)),
    )
    _show(found.items)
    if found.next is not None:
        console.print(f"there are more: add --after {found.next}", markup=False)


@users.command()
def grant(email: Email, role: Role, reason: Reason, tenant: Tenant = "") -> None:
    """Give an account a role; it counts from the next refresh of its sign-ins. Its owner is told."""
    new = answer_by(
        GrantRole,
        tenant,
        lambda grant_role, actor: grant_role(actor, email, role, reason=reason),
    )
    console.print(f"{email} is {role.value}" + ("" if new else " already"))


@users.command("revoke-role")
def revoke_role(email: Email, role: Role, reason: Reason, tenant: Tenant = "") -> None:
    """Take a role from an account, and end its sign-ins and tokens."""
    had = answer_by(
        RevokeRole, tenant, lambda revoke, actor: revoke(actor, email, role, reason=reason)
    )
    console.print(f"{email} is " + ("no longer " if had else "not ") + role.value)


@users.command()
def disable(email: Email, reason: Reason, tenant: Tenant = "") -> None:
    """End every sign-in of an account and let nobody sign in to it; a mentor's offer pauses."""
    new = answer_by(
        DisableAccount, tenant, lambda disable_it, actor: disable_it(actor, email, reason=reason)
    )
    console.print(f"{email} is disabled" + ("" if new else " already"))


@users.command()
def enable(email: Email, reason: Reason, tenant: Tenant = "") -> None:
    """Let the owner of a disabled account sign in again."""
    new = answer_by(
        EnableAccount, tenant, lambda enable_it, actor: enable_it(actor, email, reason=reason)
    )
    console.print(f"{email} is enabled" + ("" if new else " already"))


@users.command("remove-second-factor")
def remove_second_factor(email: Email, reason: Reason, tenant: Tenant = "") -> None:
    """For an owner who was shut out, once you know that it is them: every sign-in ends, and they are told."""
    done = answer_by(
        RemoveSecondFactorOf, tenant, lambda remove, actor: remove(actor, email, reason=reason)
    )
    console.print("removed" if done else "it has none", markup=False)


@users.command()
def unlink(
    email: Email,
    which: Annotated[
        str, typer.Argument(help="The provider of the identity, as github or supabase, or its id.")
    ],
    reason: Reason,
    passkey: Annotated[
        bool, typer.Option("--passkey", help="A passkey instead, by its name or its id.")
    ] = False,
    tenant: Tenant = "",
) -> None:
    """Take an identity or a passkey from an account, once you know its owner: every sign-in ends, they are told."""
    use_case = RemovePasskeyOf if passkey else UnlinkIdentityOf
    answer_by(use_case, tenant, lambda take, actor: take(actor, email, which, reason=reason))
    console.print(f"{email} no longer opens with it, and every sign-in has ended", markup=False)


@users.command("revoke-sessions")
def revoke_sessions(email: Email, reason: Reason, tenant: Tenant = "") -> None:
    """End every sign-in and token of an account at once."""
    ended = answer_by(
        RevokeSessions, tenant, lambda revoke, actor: revoke(actor, email, reason=reason)
    )
    console.print(f"{ended} sign-ins and tokens of {email} have ended")


@users.command("revoke-every-session")
def revoke_every_session(tenant: Tenant = "") -> None:
    """End every sign-in and token of a tenant: after a backup was restored, which knows ended ones as living."""
    ended = answer_by(RevokeEverySession, tenant, lambda revoke, actor: revoke(actor))
    console.print(f"{ended} sign-ins have ended")


def _show(found: Sequence[Account]) -> None:
    table = Table(Column("e-mail", no_wrap=True, min_width=32), "name", "state", "roles", "id")
    for one in found:
        state = "disabled" if one.disabled else "verified" if one.verified else "not verified"
        table.add_row(escape(one.email), escape(one.name), state, ", ".join(one.roles), str(one.id))
    console.print(table)
