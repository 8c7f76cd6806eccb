"""Asking the API whether it is ready, with nothing but a socket."""

import asyncio

from skillbridge.local.ports import HOST
from skillbridge.local.waiting import until

PATIENCE = 5.0  # seconds for one answer
LOOK_AGAIN = 0.05  # seconds


async def until_ready(port: int) -> None:
    """Return when `GET /health/ready` says 200; the caller bounds the time."""
    await until(lambda: is_ready(port), every=LOOK_AGAIN)


async def is_ready(port: int) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            return (await _status_line(port)).split(b" ")[1:2] == [b"200"]
    except OSError:  # a timeout is one, too
        return False


async def _status_line(port: int) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(
            f"GET /health/ready HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode()
        )
        return await reader.readline()
    finally:
        writer.close()
