"""Sign-ins that ended before their access tokens did."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from litestar import Request

from skillbridge.application.ended_sign_ins import listening
from skillbridge.application.ports.access_tokens import EndedSignIns
from skillbridge.application.ports.fanout import Fanout
from skillbridge.domain.ids import SessionId, TenantId

REMEMBERED = 10_000
UNKNOWN = (-math.inf, False)
QUIET = 60.0
"""Seconds that one wait for a message lasts."""


class Remembering(Protocol):
    def look_again(self, session_id: SessionId) -> None: ...


@dataclass(frozen=True, slots=True)
class Revocations:
    """Asks the database about a sign-in once in `rest` seconds, not once a request.

    What this process ends itself is over at once; what another one ends, when Redis tells of it, and
    within `rest` seconds in any case. An end is written in the database and read from there, so it
    holds while Redis is away, full or slow. Without an answer of the database nobody is let in:
    Unavailable.
    """

    ended: EndedSignIns
    rest: float = 2.0
    seconds: Callable[[], float] = time.monotonic
    _known: dict[SessionId, tuple[float, bool]] = field(
        init=False, repr=False, default_factory=dict
    )
    """Until when what was found holds; what has ended stays so."""

    def ended_here(self, session_id: SessionId) -> None:
        """Holds at once, whatever was found before or is on its way from the database."""
        self._keep(session_id, math.inf, over=True)

    def look_again(self, session_id: SessionId) -> None:
        """The next request asks the database; an answer on its way may be of before the end."""
        if not self._known.get(session_id, UNKNOWN)[1]:
            self._keep(session_id, self.seconds(), over=False)

    async def include(self, tenant_id: TenantId, session_id: SessionId) -> bool:
        asked_at = self.seconds()
        until, over = self._known.get(session_id, UNKNOWN)
        if asked_at < until:
            return over
        found = session_id in await self.ended.among(tenant_id, (session_id,))
        told_at, told = self._known.get(session_id, UNKNOWN)
        if found or told:
            self._keep(session_id, math.inf, over=True)
        elif told_at <= asked_at:
            self._keep(session_id, asked_at + self.rest, over=False)
        return found or told

    def _keep(self, session_id: SessionId, until: float, *, over: bool) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[session_id] = (until, over)


def end_here(request: Request[Any, Any, Any], ended: Iterable[SessionId]) -> None:
    """What this request ended is over in this process at once."""
    revocations: Revocations = request.app.state.revocations
    for one in ended:
        revocations.ended_here(one)


@asynccontextmanager
async def hearing_of_ends(
    fanout: Fanout, now: Callable[[], Sequence[Remembering]]
) -> AsyncIterator[None]:
    """For the length of the block; `now` are those who remember at the time."""

    async def hear() -> None:
        async with listening(fanout) as told:
            while True:
                for session_id in await told.next(within=QUIET):
                    for one in now():
                        one.look_again(session_id)

    hearing = asyncio.create_task(hear())
    try:
        yield
    finally:
        hearing.cancel()
        await asyncio.wait({hearing})
