"""Sign-ins that ended before their access tokens did."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from skillbridge.application.accounts.ports import EndedSignIns
from skillbridge.domain.ids import SessionId, TenantId

REMEMBERED = 10_000


@dataclass(slots=True)
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
    _ends: int = field(init=False, repr=False, default=0)

    def look_again(self) -> None:
        """Something was ended here: what was open, or is being asked for now, is asked for again."""
        self._ends += 1
        for session_id in [known for known, (_, over) in self._known.items() if not over]:
            del self._known[session_id]

    async def include(self, tenant_id: TenantId, session_id: SessionId) -> bool:
        asked_at = self.seconds()
        until, over = self._known.get(session_id, (-math.inf, False))
        if asked_at < until:
            return over
        ends = self._ends
        over = session_id in await self.ended.among(tenant_id, (session_id,))
        if not over and ends != self._ends:
            return await self.include(tenant_id, session_id)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[session_id] = (math.inf if over else asked_at + self.rest, over)
        return over
