"""`skillbridge serve`: the API in this process's children."""

import asyncio
from typing import Annotated, Any

import typer
from granian import Granian
from granian.constants import Interfaces, Loops

from skillbridge.entrypoints import production, wiring
from skillbridge.entrypoints import settings as environment
from skillbridge.entrypoints.local.ports import alone_at


def serve(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Else PORT, else 8000.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="One a core.")] = 1,
) -> None:
    """Serve the API until told to stop; running requests come to their end."""
    settings = environment.load(program="api")
    _require_private(settings, host)
    port = port or settings.port
    asyncio.run(wiring.require_database(settings))
    with alone_at(host, port):
        _server(host, port, workers).serve()


def _server(host: str, port: int, workers: int) -> Any:
    return Granian(
        f"{production.__name__}:app",  # imported already: the processes share what it takes
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=workers,
        backlog=2048,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=6,
    )


def _require_private(settings: environment.Settings, host: str) -> None:
    """What is there for one person, with every mail open to read, listens to no other machine."""
    if not (settings.on_server or environment.is_loopback(host)):
        raise environment.UnsafeSettings(
            f"refusing to start:\n- --host {host} lets other machines in, and SKILLBRIDGE_ENV="
            f"{settings.env} is for this one alone: say staging or production, or keep 127.0.0.1"
        )
