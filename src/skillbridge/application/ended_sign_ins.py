"""The end of a sign-in, told to every process that may remember it as living.

The database has the last word, and is asked from time to time by whoever was not told.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import UUID

from skillbridge.application.ports.fanout import Fanout, Subscription
from skillbridge.domain.ids import SessionId

TOPIC = "ended-sign-ins"
AT_ONCE = 100
"""Sign-ins that one message names."""
_UUID = 16


async def tell_ended(fanout: Fanout, session_ids: Iterable[SessionId]) -> None:
    """Best effort, after the commit; a message names those that should be looked at again."""
    named = [session_id.bytes for session_id in session_ids]
    for start in range(0, len(named), AT_ONCE):
        await fanout.publish(TOPIC, b"".join(named[start : start + AT_ONCE]))


class EndedTold:
    """What one process hears of ends."""

    def __init__(self, messages: Subscription) -> None:
        self._messages = messages

    async def next(self, *, within: float) -> list[SessionId]:
        """Empty after so many seconds without a message."""
        message = await self._messages.next(within=within) or b""
        whole = len(message) - len(message) % _UUID
        return [SessionId(UUID(bytes=message[at : at + _UUID])) for at in range(0, whole, _UUID)]


@asynccontextmanager
async def listening(fanout: Fanout) -> AsyncIterator[EndedTold]:
    async with fanout.subscribe(TOPIC) as messages:
        yield EndedTold(messages)
