"""Admission: what cannot be served in time is refused before anything is done for it.

So many requests are in work at once; more would only wait for each other, for the database's
connections above all. Others wait for their turn, first come, first served, as long as it comes in
time: a queue of n takes n times what passed between turns lately (Little's law). Who would wait
longer is refused.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import structlog
from litestar.types import Receive, ReceiveMessage

from skillbridge.application.outages import Outage

log = structlog.get_logger()

AT_ONCE = 100
"""Requests in work in one process, unless a setting says otherwise."""
WAIT = 1.0
"""Seconds that a request waits for its turn, unless a setting says otherwise."""
ALWAYS = "/health/"
"""Paths that never wait: above all a process that is full must be heard by who watches it."""
TURNS = 4
"""One refusal is given at once for so many turns: some hundredths of the time. What is beyond is held
for seconds: clients that come back at once, whatever they are told, take no time from the served."""
A_SECOND = (100, 1000)
"""So many at least, and at most."""
BURST, HELD = 0.1, 5.0
"""Seconds that refusals may be ahead of this, and that one is held at most."""
RECENT = 1 / 16
"""The weight of the newest in what passed between turns lately."""


@dataclass(eq=False, slots=True)
class Turn:
    """One request that waits."""

    asked_at: float
    place: int
    """In the queue when it came; the first is 1."""
    given: asyncio.Future[bool]


class Admission:
    """The requests of one process: `working` of them are in work, `at_once` at most."""

    def __init__(
        self, at_once: int = AT_ONCE, wait: float = WAIT, seconds: Callable[[], float] = monotonic
    ) -> None:
        self.at_once, self.wait, self.working = at_once, wait, 0
        self.pace = 0.0
        """Seconds between turns, lately."""
        self._seconds = seconds
        self._queue: deque[Turn] = deque()
        self._begun: deque[asyncio.Future[bool]] = deque()
        """Those who have their body now, and go on before others begin."""
        self._limit: asyncio.TimerHandle | None = None
        self._refused, self._refusals_until = Outage(), 0.0

    async def turn(self, path: str) -> bool:
        """For whoever finds no place: true with one, in its turn; false when it is refused."""
        if path.startswith(ALWAYS):
            self.working += 1
            return True
        if len(self._queue) * self.pace <= self.wait and await self._wait():
            return True
        await self._hold()
        return False

    def done(self) -> None:
        """One is in work no more; its place goes to who has begun, then to who waits longest."""
        self.working -= 1
        while self.working < self.at_once and (self._begun or self._queue):
            given = self._begun.popleft() if self._begun else self._first()
            if not given.done():  # it may have left
                self.working += 1
                given.set_result(True)
        if not self._queue and (refused := self._refused.ends()):
            log.info("requests.admitted", refused=refused)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What goes on here is no work: a stream that is open waits for the most part."""
        self.done()
        try:
            yield
        finally:
            self.working += 1

    def beside(self, receive: Receive) -> Receive:
        """A client that is slow to send its body has no place meanwhile."""

        async def receive_beside() -> ReceiveMessage:
            self.done()
            try:
                message = await receive()
            except BaseException:
                self.working += 1
                raise
            await self._again()
            return message

        return receive_beside

    async def _again(self) -> None:
        if self.working < self.at_once:
            self.working += 1
            return
        given = asyncio.get_running_loop().create_future()
        self._begun.append(given)
        try:
            await given
        except asyncio.CancelledError:
            self.working += given.cancelled()  # whose `done` is still to come
            raise

    async def _wait(self) -> bool:
        given: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._queue.append(Turn(self._seconds(), len(self._queue) + 1, given))
        self._limit = self._limit or self._refuse_later()
        try:
            return await given
        except asyncio.CancelledError:
            if not given.cancelled() and given.result():
                self.done()
            raise

    def _first(self) -> asyncio.Future[bool]:
        """That of the queue, by which is learnt how fast it moves."""
        turn = self._queue.popleft()
        between = (self._seconds() - turn.asked_at) / turn.place
        self.pace += (between - self.pace) * (RECENT if self.pace else 1)
        return turn.given

    def _refuse_later(self) -> asyncio.TimerHandle:
        """When the first has waited long enough."""
        left = self._queue[0].asked_at + self.wait - self._seconds()
        return asyncio.get_running_loop().call_later(max(left, 0), self._refuse_late)

    def _refuse_late(self) -> None:
        """Those who were promised a turn and did not get it: work went slower than before."""
        while self._queue and self._seconds() - self._queue[0].asked_at >= self.wait:
            given = self._first()
            if not given.done():
                given.set_result(False)
        self._limit = self._refuse_later() if self._queue else None

    async def _hold(self) -> None:
        """Tells the log that it began, and spends no more on refusals than is set aside for them."""
        if self._refused.begins():
            log.warning("requests.refused", working=self.working, waiting=len(self._queue))
        now = self._seconds()
        least, most = A_SECOND
        after = max(self._refusals_until, now) + min(max(TURNS * self.pace, 1 / most), 1 / least)
        self._refusals_until = min(after, now + HELD)
        if self._refusals_until - now > BURST:
            await asyncio.sleep(self._refusals_until - now)
