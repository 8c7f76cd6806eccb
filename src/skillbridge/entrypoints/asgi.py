"""The API as a server loads it: settings from the environment, every adapter the real one."""

import asyncio
import signal
from types import FrameType

from litestar import Litestar
from litestar.types import ASGIApp

from skillbridge import settings as environment
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.app import create_app
from skillbridge.entrypoints.http.server.forwarded import behind_proxies
from skillbridge.entrypoints.http.server.streams import Streams
from skillbridge.entrypoints.wiring import stack


def app() -> ASGIApp:
    """Made once in each process of the server."""
    settings = environment.load(program="api")
    wiring.configure_logs(settings)
    made = create_app(stack.api(settings), settings)
    made.on_startup.append(_end_streams_when_told_to_stop)
    if not settings.trusted_proxies:
        return made
    return behind_proxies(made, settings.trusted_proxies, settings.proxy_header)


async def _end_streams_when_told_to_stop(app: Litestar) -> None:
    """The server waits for open answers before it lets us stop, and would cut these at last.

    What it does itself upon a signal, it does still.
    """
    streams, loop = await app.state.container.get(Streams), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def heard(signum: int, frame: FrameType | None, before: object = before) -> None:
            loop.call_soon_threadsafe(streams.end_all)
            if callable(before):
                before(signum, frame)

        signal.signal(number, heard)
