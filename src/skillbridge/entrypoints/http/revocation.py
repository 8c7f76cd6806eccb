"""Sign-ins that ended before their access tokens did."""

import time
from dataclasses import dataclass, field

from skillbridge.application.accounts.ports import revocation_key
from skillbridge.application.ports import Cache
from skillbridge.domain.ids import SessionId

REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Revocations:
    """Asks the cache about a sign-in once in `rest` seconds, not once a request.

    With the cache away a log-out counts once the access token ends, 10 minutes at most.
    """

    cache: Cache
    rest: float = 2.0
    _asked: dict[SessionId, float] = field(init=False, repr=False, default_factory=dict)

    async def include(self, session_id: SessionId) -> bool:
        now = time.monotonic()
        if now < self._asked.get(session_id, 0.0):
            return False
        if await self.cache.get(revocation_key(session_id)) is not None:
            return True
        if len(self._asked) >= REMEMBERED:
            self._asked.clear()
        self._asked[session_id] = now + self.rest
        return False
