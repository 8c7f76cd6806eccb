"""`skillbridge serve`: the API in this process's children."""

from typing import Annotated

import typer
from granian import Granian
from granian.constants import Interfaces, Loops

from skillbridge.entrypoints import production
from skillbridge.entrypoints import settings as environment


def serve(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Else PORT, else 8000.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="One a core.")] = 1,
) -> None:
    """Serve the API until told to stop; running requests come to their end."""
    settings = environment.load()
    Granian(
        f"{production.__name__}:app",  # imported already: the processes share what it takes
        factory=True,
        address=host,
        port=port or settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=workers,
        backlog=2048,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=6,
    ).serve()
