"""`skillbridge serve`: the API in this process's children."""

import asyncio
import gc
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from rich.table import Table

from skillbridge import settings as environment
from skillbridge.domain.errors import Unavailable
from skillbridge.entrypoints.cli.terminal import wide_console
from skillbridge.entrypoints.seeding import accounts, read_people
from skillbridge.local.ports import alone_at

BACKLOG = 2048
"""Connections that wait in the kernel until they are taken."""
CONNECTIONS = 16_384
"""That one process takes at once: far more than it has places, so that whoever comes is answered."""


def serve(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Else PORT, else 8000.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="One a core.")] = 1,
    *,
    memory: Annotated[
        bool,
        typer.Option(
            "--memory",
            help="With demo people and a worker in one process that needs nothing and keeps nothing.",
        ),
    ] = False,
) -> None:
    """Serve the API until told to stop; running requests come to their end."""
    start = _serve_from_memory if memory else _serve_from_stack
    gc.disable()  # nothing of what is imported is garbage; the application turns it on again
    try:
        start(host, port, workers)
    finally:
        gc.enable()


# Each imports what it serves, which the server's processes then share, and not what the other needs.


def _serve_from_stack(host: str, port: int | None, workers: int) -> None:
    from skillbridge.entrypoints import asgi  # noqa: PLC0415  as said above
    from skillbridge.entrypoints.wiring import stack  # noqa: PLC0415  as said above

    with _or_from_memory():
        settings = environment.load(program="api")
        _require_private(settings, host)
        asyncio.run(stack.require_database(settings))
    _serve(asgi.__name__, host, port or settings.port, workers)


@contextmanager
def _or_from_memory() -> Iterator[None]:
    """Who has not said that this is a server is told what needs neither settings nor a database."""
    try:
        yield
    except (Unavailable, environment.UnsafeSettings) as error:
        if os.environ.get("SKILLBRIDGE_ENV", "").strip().lower() in {"staging", "production"}:
            raise
        raise type(error)(f"{error}\n`skillbridge serve --memory` needs no database") from error


def _serve_from_memory(host: str, port: int | None, workers: int) -> None:
    from skillbridge.entrypoints import in_memory  # noqa: PLC0415  as said above

    if workers > 1:
        raise environment.UnsafeSettings(
            "refusing to start:\n- --memory is one process: a second would know nothing of it; "
            "leave --workers away"
        )
    with TemporaryDirectory(prefix="skillbridge-") as mails:
        settings = in_memory.settings(os.environ, host, port, Path(mails))
        _require_private(settings, host)
        _serve(in_memory.__name__, host, settings.port, workers, partial(_tell, settings))


def _serve(
    module: str, host: str, port: int, workers: int, tell: Callable[[], None] = lambda: None
) -> None:
    """`tell` is called once the port is ours."""
    _let_files_be_open()
    with alone_at(host, port):
        tell()
        _server(module, host, port, workers).serve()


def _tell(settings: environment.Settings) -> None:
    url = settings.public_url
    table = Table.grid(padding=(0, 2))
    for name, value in (
        ("API", f"{url}/v1"),
        ("Docs", f"{url}/docs"),
        ("Mailbox", f"{url}/mailbox"),
    ):
        table.add_row(name, value)
    for one in accounts(read_people()):
        table.add_row(f"Demo {one['role']}", f"{one['email']}  {one['password']}")
    console = wide_console()
    console.print(table)
    console.print("Ctrl-C ends it, and nothing is kept.")


def _server(module: str, host: str, port: int, workers: int) -> Any:
    return Granian(
        f"{module}:app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=workers,
        http=HTTPModes.http1,  # as proxies speak; ready for both, a connection takes twelve kB more
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=6,
    )


def _let_files_be_open() -> None:
    """A connection is an open file, and shells begin with 1024 of them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, 2 * CONNECTIONS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # then it is as the machine has it
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _require_private(settings: environment.Settings, host: str) -> None:
    """What is there for one person, with every mail open to read, listens to no other machine."""
    if not (settings.on_server or environment.is_loopback(host)):
        raise environment.UnsafeSettings(
            f"refusing to start:\n- --host {host} lets other machines in, and SKILLBRIDGE_ENV="
            f"{settings.env} is for this one alone: say staging or production, or keep 127.0.0.1"
        )
