"""The streams that are open in this process: how many there may be, and when each has to end."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, TypeVar

import structlog

from skillbridge.application.outages import Outage
from skillbridge.application.ports.access_tokens import Claims, EndedSignIns
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.actor import NOBODY
from skillbridge.domain.errors import TooMany, Unavailable
from skillbridge.domain.ids import SessionId, TenantId, UserId

log = structlog.get_logger()

T = TypeVar("T")
Whose = tuple[TenantId, UserId | SessionId]

OF_ONE = 10
"""Streams of one person in one process: a few devices with a few pages each."""
OF_SERVICES = 50
"""Of all programs of one tenant that are nobody's; each of their tokens has as many as a person."""
IN_ALL = 2000
"""Of everybody in one process, unless a setting says otherwise."""
EVERY = 0.5
"""Seconds between looks at who may still listen: a log-out ends a stream within twice as many."""
RETRY = 10
"""Seconds after which a refused stream is worth another try."""
ROOM = 0.9
"""The share of the limit below which there is room again, for the log: not at each one that left."""


class TooManyStreams(TooMany):
    """One person follows as many things as one may follow at once."""


class StreamsFull(Unavailable):
    """This process serves as many streams as it can, or is about to end."""


class EndReason(StrEnum):
    FINISHED = "finished"
    """There is nothing more to tell."""
    SIGNED_OUT = "signed-out"
    """Log in, then follow again."""
    EXPIRED = "token-expired"
    """Refresh the access token, then follow again."""
    UNAVAILABLE = "unavailable"
    """Something this stands on is away: follow again in a while."""
    RESTARTING = "restarting"
    """This process ends, and another takes its place: follow again in a moment."""


LEFT: Final = "left"
"""The other side is gone: nobody is there to be told why it ended."""


@dataclass(eq=False, slots=True)
class Place:
    """One open stream, and whose it is."""

    claims: Claims
    over: EndReason | Literal["left"] | None = field(init=False, default=None)
    _wait: asyncio.Timeout | None = field(init=False, default=None)

    @property
    def counted(self) -> tuple[tuple[Whose, int], ...]:
        """By what its streams are counted, and how many there may be of each."""
        claims = self.claims
        of_one = (claims.tenant_id, claims.user_id), OF_ONE
        if claims.user_id != NOBODY:
            return (of_one,)
        nobodys, _ = of_one
        return ((claims.tenant_id, claims.session_id), OF_ONE), (nobodys, OF_SERVICES)

    def end(self, reason: EndReason | Literal["left"]) -> None:
        """The first reason stays."""
        if self.over is None:
            self.over = reason
            if self._wait is not None:
                self._wait.reschedule(asyncio.get_running_loop().time())

    async def wait_for(self, coming: Awaitable[T]) -> T:
        """Raises TimeoutError when the place is over first."""
        try:
            async with asyncio.timeout(None) as self._wait:
                return await coming
        finally:
            self._wait = None


@dataclass(eq=False, slots=True)
class Streams:
    """A stream lasts no longer than the access token that opened it, nor than the sign-in."""

    ended: EndedSignIns
    clock: Clock
    limit: int = IN_ALL
    _places: set[Place] = field(init=False, default_factory=set)
    _of_one: Counter[Whose] = field(init=False, default_factory=Counter)
    _watch: asyncio.Task[None] | None = field(init=False, default=None)
    _unseen: Outage = field(init=False, default_factory=Outage)
    _full: Outage = field(init=False, default_factory=Outage)
    _ending: bool = field(init=False, default=False)

    def take(self, place: Place) -> None:
        """Raises TooManyStreams or StreamsFull."""
        self._must_have_room(place)
        self._places.add(place)
        self._of_one.update(whose for whose, _ in place.counted)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look_on())

    def leave(self, place: Place) -> None:
        self._places.discard(place)
        for whose, _ in place.counted:
            self._of_one[whose] -= 1
            if not self._of_one[whose]:
                del self._of_one[whose]

    def end_all(self) -> None:
        """This process is about to end: each is told so, and none is opened any more."""
        self._ending = True
        for place in self._places:
            place.end(EndReason.RESTARTING)

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

    def _must_have_room(self, place: Place) -> None:
        for whose, most in place.counted:
            if self._of_one[whose] >= most:
                raise TooManyStreams(
                    f"you follow {most} things already: close one, or ask from time to time instead",
                    retry_after=RETRY,
                )
        if self._ending:
            raise StreamsFull("this process is about to end: follow again in a moment")
        if len(self._places) >= self.limit:
            if self._full.begins():
                log.warning("streams.full", open=len(self._places))
            raise StreamsFull(
                "too many people follow something now: ask from time to time instead",
                retry_after=RETRY,
            )
        if len(self._places) < ROOM * self.limit and (refused := self._full.ends()):
            log.info("streams.room", refused=refused)

    async def _look_on(self) -> None:
        """While there is a stream. A look that failed is made up for by the next one."""
        while self._places:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001  whatever it was, streams have to end later
                if self._unseen.begins():
                    log.warning("streams.unseen", reason=repr(error), open=len(self._places))
            else:
                if tries := self._unseen.ends():
                    log.info("streams.seen", tries=tries)
