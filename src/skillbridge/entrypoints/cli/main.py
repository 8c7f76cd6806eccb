"""`skillbridge`: every command of operators and of people who develop."""

import gc
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from skillbridge.domain.errors import SkillBridgeError
from skillbridge.local.errors import CannotStart
from skillbridge.settings import UnsafeSettings, read_dotenv

COMMANDS = {
    "up": "Start PostgreSQL, Valkey, the matcher, the API and the worker here; "
    "Ctrl-C stops them all.",
    "serve": "Serve the API until told to stop; running requests come to their end.",
    "worker": "Work until told to stop; running jobs come to their end.",
    "migrate": "Bring the database up to this program; safe to run again, and from several "
    "places at once.",
    "seed": "Make the default tenant and, locally, demo people; running it again changes nothing.",
    "doctor": "Look at each thing this installation stands on; exits with 1 when a needed one is "
    "missing.",
    "mailbox": "Read the mails of this local stack, the newest last.",
    "demo": "A learner registers, gets a roadmap, completes modules, finds a mentor, earns a badge.",
    "audit": "Who did what to whom, whether the trail is whole, and the trail for other programs.",
    "users": "Who is here, what they may do, and shutting them out.",
    "tenants": "Found, suspend, resume, export and erase an organisation; its settings.",
    "service-tokens": "Tokens of a tenant's own programs, which are nobody's.",
    "privacy": "People's requests with their clocks, and what is deleted by its age.",
    "keys": "The keys that sign: which there are, putting a new one in front, dropping an old one.",
    "matching": "What a cohort would get and running it; what a model may learn from.",
    "jobs": "What waits, what runs, what died, and making the dead try again.",
}
"""Each is the function or the group of its name in the module of its name, a hyphen being `_` there."""
ABOUT = frozenset({"--help", "--version"})
"""Asked for by whoever has to mend a `.env` above all: a broken one is not read."""


class Commands(TyperGroup):
    """Imports a command when it runs: `up` starts four of them, and none pays for another."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, _load(name) if name else command, rest


def _load(name: str) -> Any:
    gc.disable()  # nothing of what is imported is garbage: a tenth less time
    word = name.replace("-", "_")
    found = getattr(import_module(f"skillbridge.entrypoints.cli.{word}"), word)
    gc.enable()
    if isinstance(found, typer.Typer):
        return get_group(found)
    alone = typer.Typer(add_completion=False)
    alone.command(name)(found)
    return get_command(alone)


def _line(name: str, about: str) -> None:
    """The command as the list of commands shows it."""
    app.command(name, help=about)(lambda: None)


app = typer.Typer(
    cls=Commands,
    help="An open backend for mentored learning.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
for command in COMMANDS.items():
    _line(*command)


def _version(*, wanted: bool) -> None:
    if wanted:
        from skillbridge.entrypoints.database import schema_revision  # noqa: PLC0415  with Alembic

        typer.echo(f"skillbridge {version('skillbridge')}, schema {schema_revision()}")
        raise typer.Exit


@app.callback()
def about(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=lambda wanted: _version(wanted=wanted),
            help="The program's version, and the revision of the schema it works with.",
        ),
    ] = False,
) -> None:  # fmt: skip
    """An open backend for mentored learning."""


def main() -> None:
    """What went wrong outside of us is told in a sentence; only our own faults show a traceback.

    Settings that cannot be meant end in 2, as arguments do; what is in the way ends in 1.
    """
    try:
        if not ABOUT.intersection(sys.argv[1:]):
            read_dotenv()
        app()
    except (CannotStart, SkillBridgeError, UnsafeSettings) as error:
        typer.secho(f"{type(error).__name__}: {error}", fg="red", err=True)
        sys.exit(2 if isinstance(error, UnsafeSettings) else 1)
