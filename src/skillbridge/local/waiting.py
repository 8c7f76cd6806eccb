"""Waiting for something that tells nobody when it happens."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], bool | Awaitable[bool]], *, every: float) -> None:
    """Ask again `every` so many seconds until it holds; the caller bounds the time."""
    while True:
        answer = holds()
        if answer if isinstance(answer, bool) else await answer:
            return
        await asyncio.sleep(every)
