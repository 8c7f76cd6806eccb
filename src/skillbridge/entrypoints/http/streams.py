"""The streams that are open in this process: how many there may be, and when each has to end."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

from skillbridge.application.accounts.ports import Claims, EndedSignIns
from skillbridge.application.ports import Clock
from skillbridge.domain.errors import TooMany, Unavailable
from skillbridge.domain.ids import TenantId

log = structlog.get_logger()

OF_ONE = 10
"""Streams of one person in one process: a few devices with a few pages each."""
IN_ALL = 2000
EVERY = 0.5
"""Seconds between looks at who may still listen: a log-out ends a stream within twice as many."""
RETRY = 10
"""Seconds after which a refused stream is worth another try."""


class TooManyStreams(TooMany):
    """One person follows as many things as one may follow at once."""


class StreamsFull(Unavailable):
    """This process serves as many streams as it can."""


class EndReason(StrEnum):
    FINISHED = "finished"
    """There is nothing more to tell."""
    SIGNED_OUT = "signed-out"
    """Log in, then follow again."""
    EXPIRED = "token-expired"
    """Refresh the access token, then follow again."""
    UNAVAILABLE = "unavailable"
    """Something this stands on is away: follow again in a while."""


@dataclass(eq=False, slots=True)
class Place:
    """One open stream, and whose it is."""

    claims: Claims
    over: asyncio.Future[EndReason] = field(
        init=False, default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def end(self, reason: EndReason) -> None:
        if not self.over.done():
            self.over.set_result(reason)


@dataclass(eq=False, slots=True)
class Streams:
    """A stream lasts no longer than the access token that opened it, nor than the sign-in."""

    ended: EndedSignIns
    clock: Clock
    _places: set[Place] = field(init=False, default_factory=set)
    _watch: asyncio.Task[None] | None = field(init=False, default=None)

    @contextmanager
    def holding(self, place: Place) -> Iterator[None]:
        """Raises TooManyStreams or StreamsFull."""
        self._must_have_room(place.claims)
        self._places.add(place)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look_on())
        try:
            yield
        finally:
            self._places.discard(place)

    async def look(self) -> None:
        """Ends the streams whose access token or sign-in is over; one question a tenant."""
        now, by_tenant = self.clock(), defaultdict[TenantId, list[Place]](list)
        for place in self._places:
            by_tenant[place.claims.tenant_id].append(place)
            if now >= place.claims.expires_at:
                place.end(EndReason.EXPIRED)
        for tenant_id, places in by_tenant.items():
            ended = await self.ended.among(tenant_id, {one.claims.session_id for one in places})
            for place in places:
                if place.claims.session_id in ended:
                    place.end(EndReason.SIGNED_OUT)

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})

    def _must_have_room(self, claims: Claims) -> None:
        whose = [(place.claims.tenant_id, place.claims.user_id) for place in self._places]
        if whose.count((claims.tenant_id, claims.user_id)) >= OF_ONE:
            raise TooManyStreams(
                f"you follow {OF_ONE} things already: close one, or ask from time to time instead",
                retry_after=RETRY,
            )
        if len(self._places) >= IN_ALL:
            raise StreamsFull(
                "too many people follow something now: ask from time to time instead",
                retry_after=RETRY,
            )

    async def _look_on(self) -> None:
        """While there is a stream. A look that failed is made up for by the next one."""
        while self._places:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001  whatever it was, streams have to end later
                log.warning("streams.unseen", reason=repr(error), open=len(self._places))
