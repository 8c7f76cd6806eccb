"""`skillbridge doctor`: looks whether everything is there that this installation needs."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import typer
from rich.markup import escape
from rich.table import Table

from skillbridge import settings as environment
from skillbridge.domain.accounts.supabase import NAME as SUPABASE
from skillbridge.domain.actor import PrincipalKind
from skillbridge.entrypoints import database
from skillbridge.entrypoints.cli.terminal import foreign, wide_console
from skillbridge.entrypoints.wiring import stack
from skillbridge.local.discovery import with_local_stack
from skillbridge.settings import Settings, variable

console = wide_console()

PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at: `ask` answers with what it found, or raises with what is wrong."""

    name: str
    ask: Callable[[], Awaitable[str]]
    needed: bool
    way_out: str


def doctor() -> None:
    """Look at each thing this installation stands on; exits with 1 when a needed one is missing."""
    try:
        settings = environment.load(with_local_stack(os.environ))
    except environment.UnsafeSettings as error:
        console.print(f"[red]settings:[/] {escape(str(error))}")
        raise typer.Exit(1) from None
    for note in settings.notes:
        console.print(f"[yellow]settings:[/] {escape(note)}")
    if not asyncio.run(_examine(checks(settings))):
        raise typer.Exit(1)


def checks(settings: Settings) -> list[Check]:
    """What to look at, in the order in which things depend on each other."""
    run_migrate = "run `skillbridge migrate`, or start all with `skillbridge up`"
    return [
        Check(
            "database, API's login",
            lambda: database.look_at(settings.database_url, pooling=settings.database_pooler),
            True,
            f"set {variable('database_url')} to the login skillbridge_app; {run_migrate}",
        ),
        Check(
            "database, login of signing in",
            lambda: database.look_at(
                settings.database_auth_url,
                pooling=settings.database_pooler,
                acts_as=PrincipalKind.PRE_AUTHENTICATION,
            ),
            True,
            f"set {variable('database_auth_url')} to the login skillbridge_auth; {run_migrate}",
        ),
        Check(
            "database, worker's login",
            lambda: database.look_at(
                settings.database_worker_url,
                pooling=settings.database_pooler,
                acts_as=PrincipalKind.SYSTEM,
            ),
            True,
            f"set {variable('database_worker_url')} to the login skillbridge_worker; {run_migrate}",
        ),
        Check(
            "tenant",
            lambda: database.look_at_tenant(settings),
            True,
            "run `skillbridge seed`: nobody can register without one",
        ),
        Check(
            "Redis",
            lambda: stack.look_at_redis(settings.redis_url),
            False,
            f"set {variable('redis_url')}; without it jobs start within a second, not at once",
        ),
        Check(
            "matcher",
            lambda: stack.look_at_matcher(settings),
            False,
            f"set {variable('matcher_url')}; without it the Python fallback ranks, more slowly",
        ),
        Check(
            "worker",
            lambda: database.look_at_workers(settings),
            False,
            "start `skillbridge worker`; until one lives, roadmaps wait and no mail is sent",
        ),
        Check(
            "mail",
            lambda: stack.look_at_mail(settings),
            settings.on_server,
            f"see {variable('smtp_url')}; until it takes our mails, nobody can register",
        ),
        Check(
            "model",
            lambda: stack.look_at_model(settings),
            False,
            f"see {variable('openai_api_key')}; without it templates draw the roadmaps",
        ),
        *(
            Check(
                f"signing in by {name}",
                look,
                False,
                "until it answers, nobody signs in by it; what it wants stands in docs/"
                + ("supabase.md" if name == SUPABASE else "identity-providers.md"),
            )
            for name, look in stack.looks_at_providers(settings).items()
        ),
    ]


async def _examine(found: list[Check]) -> bool:
    table, healthy = Table("", "what", "found"), True
    for check in found:
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await check.ask()
        except Exception as error:  # noqa: BLE001  every way of being absent counts
            healthy = healthy and not check.needed
            mark = "[red]missing[/]" if check.needed else "[yellow]absent[/]"
            table.add_row(mark, check.name, foreign(f"{_wrong(error)}\n{check.way_out}"))
        else:
            table.add_row("[green]ok[/]", check.name, answer)
    console.print(table)
    return healthy


def _wrong(error: Exception) -> str:
    """What the outside said, where our own words stand for it: those are for clients."""
    said = error.__cause__ or error
    return f"{type(said).__name__}: {said}" if str(said) else type(said).__name__
