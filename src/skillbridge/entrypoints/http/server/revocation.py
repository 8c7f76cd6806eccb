"""Sign-ins that ended before their access tokens did."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from skillbridge.application.ports.access_tokens import EndedSignIns
from skillbridge.domain.ids import SessionId, TenantId

REMEMBERED = 10_000
UNKNOWN = (-math.inf, False)


@dataclass(frozen=True, slots=True)
class Revocations:
    """Asks the database about a sign-in once in `rest` seconds, not once a request.

    What this process ends itself is over at once; what another one ends, within `rest` seconds.
    An end is written there and read from there, so it holds while Redis is away, full or slow.
    Without an answer of the database nobody is let in: Unavailable.
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

    async def include(self, tenant_id: TenantId, session_id: SessionId) -> bool:
        asked_at = self.seconds()
        until, over = self._known.get(session_id, UNKNOWN)
        if asked_at < until:
            return over
        found = session_id in await self.ended.among(tenant_id, (session_id,))
        over = found or self._known.get(session_id, UNKNOWN)[1]
        self._keep(session_id, math.inf if over else asked_at + self.rest, over=over)
        return over

    def _keep(self, session_id: SessionId, until: float, *, over: bool) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[session_id] = (until, over)
