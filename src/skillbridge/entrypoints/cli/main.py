"""`skillbridge`: every command of operators and of people who develop."""

import sys

import typer
from rich.console import Console

from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints.cli.demo import demo
from skillbridge.entrypoints.cli.doctor import doctor
from skillbridge.entrypoints.cli.jobs import jobs
from skillbridge.entrypoints.cli.mailbox import mailbox
from skillbridge.entrypoints.cli.migrate import migrate
from skillbridge.entrypoints.cli.seed import seed
from skillbridge.entrypoints.cli.serve import serve
from skillbridge.entrypoints.cli.up import up
from skillbridge.entrypoints.cli.users import users
from skillbridge.entrypoints.cli.worker import worker
from skillbridge.entrypoints.settings import UnsafeSettings

app = typer.Typer(
    help="An open backend for mentored learning.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
for command in (up, serve, worker, migrate, seed, doctor, mailbox, demo):
    app.command()(command)
app.add_typer(users, name="users")
app.add_typer(jobs, name="jobs")


def main() -> None:
    """What went wrong outside of us is told in a sentence; only our own faults show a traceback."""
    try:
        app()
    except (SkillBridgeError, UnsafeSettings) as error:
        Console(stderr=True).print(f"[red]{type(error).__name__}:[/] {error}")
        sys.exit(1)
