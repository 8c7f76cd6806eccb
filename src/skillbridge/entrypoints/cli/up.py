"""`skillbridge up`: the whole stack on this machine, from nothing to ready."""

import asyncio
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from typer import Exit, Option

from skillbridge.local.environment import chosen, remarks
from skillbridge.local.errors import CannotStart
from skillbridge.local.home import Home, chosen_home
from skillbridge.local.stack import Options, Running, local_stack

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED = 130  # the shell's word for "ended by Ctrl-C"


def up(
    port: Annotated[
        int, Option(envvar="PORT", min=1, max=65535, help="Where the API listens.")
    ] = 8000,
    *,
    no_matcher: Annotated[bool, Option("--no-matcher", help="Rank in Python only.")] = False,
    no_seed: Annotated[bool, Option("--no-seed", help="Leave the data as it is.")] = False,
    reload: Annotated[
        bool, Option("--reload", help="Start API and worker again when the code changes.")
    ] = False,
    exit_when_ready: Annotated[
        bool, Option("--exit-when-ready", help="Stop again as soon as all is up.")
    ] = False,
) -> None:
    """Start PostgreSQL, Valkey, the matcher, the API and the worker here; Ctrl-C stops them all."""
    given = chosen(os.environ)
    home = chosen_home(given)
    options = Options(home, given, port, matcher=not no_matcher, seed=not no_seed, reload=reload)
    terminal = Terminal()
    for note in remarks(given):
        terminal.note(note)
    raise Exit(asyncio.run(run_stack(options, terminal, exit_when_ready=exit_when_ready)))


async def run_stack(options: Options, terminal: "Terminal", *, exit_when_ready: bool) -> int:
    """Run the stack until a signal; return the exit code, 0 for a stack that was ready."""
    code = INTERRUPTED
    try:
        with _cancelled_by_signals():
            async with local_stack(options, terminal) as running:
                terminal.ready(running)
                code = 0
                if not exit_when_ready:
                    await asyncio.Event().wait()
    except (CannotStart, OSError) as error:  # a disk that fills meanwhile is an OSError
        terminal.refuse(str(error))
        return 1
    except asyncio.CancelledError:
        pass
    terminal.stopped()
    return code


@contextmanager
def _cancelled_by_signals() -> Iterator[None]:
    """Let the first signal end the block; later ones do not disturb the stopping."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    pending = [task] if task else []

    def interrupt() -> None:
        while pending:
            pending.pop().cancel()

    for sign in STOP_SIGNALS:
        loop.add_signal_handler(sign, interrupt)
    try:
        yield
    finally:
        for sign in STOP_SIGNALS:
            loop.remove_signal_handler(sign)


@dataclass(slots=True)
class Terminal:
    """The progress of the start, one line a step, in a terminal or a log."""

    console: Console = field(default_factory=lambda: Console(highlight=False))
    began: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        began, title = time.monotonic(), escape(title)
        try:
            with self.console.status(f"{title} …"):
                yield
        except BaseException:
            self.console.print(f"[red]✗[/] {title}")
            raise
        self.console.print(f"[green]✓[/] {title}  [dim]{time.monotonic() - began:.1f} s[/]")

    def note(self, text: str) -> None:
        self.console.print(f"[dim]· {escape(text)}[/]", soft_wrap=True)

    def ready(self, running: Running) -> None:
        table = Table.grid(padding=(0, 2))
        for name, value in _addresses(running):
            table.add_row(f"[bold]{name}[/]", escape(value))
        took = time.monotonic() - self.began
        self.console.print(f"\n[bold green]SkillBridge is ready[/] [dim]after {took:.1f} s[/]")
        self.console.print(table)
        self.console.print("[dim]Ctrl-C stops everything; the data stays.[/]")

    def refuse(self, message: str) -> None:
        self.console.print(
            f"\n[bold red]SkillBridge cannot start.[/] {escape(message)}", soft_wrap=True
        )

    def stopped(self) -> None:
        self.console.print("[dim]Stopped; nothing is left running.[/]")


def _addresses(running: Running) -> Iterator[tuple[str, str]]:
    yield "API", f"{running.url}/v1"
    yield "Docs", f"{running.url}/docs"
    if not running.env.get("SMTP_URL"):
        yield "Mailbox", f"{running.url}/mailbox"
    yield "Database", _without_password(running.env["DATABASE_URL"])
    yield "Redis", _without_password(running.env["REDIS_URL"])
    yield "Logs", str(running.home.logs)
    for account in _demo_accounts(running.home):
        yield f"Demo {account['role']}", f"{account['email']}  {account['password']}"


def _without_password(url: str) -> str:
    return re.sub(r":[^:/@]*@", ":…@", url)


def _demo_accounts(home: Home) -> list[dict[str, str]]:
    try:
        accounts: list[dict[str, str]] = json.loads(home.demo_accounts.read_text())
    except FileNotFoundError:
        return []
    return accounts
