"""Dear work in threads of its own: a few at once, a bounded queue, and every network its turn."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from skillbridge.application.accounts.ports.passwords import TooBusy

R = TypeVar("R")


@dataclass(slots=True)
class BoundedPool:
    """At most `at_once` run and `most` are here altogether, of these `most_of_one` from one network.

    Whoever waits is served network by network, so that one with many waits for itself and delays
    any other by no more than the work that runs already. `network` is empty for the system's own.
    """

    at_once: int
    most: int
    most_of_one: int
    name: str
    _threads: ThreadPoolExecutor = field(init=False, repr=False)
    _here: dict[str, int] = field(init=False, default_factory=dict)
    """How many of a network wait or run."""
    _waiting: OrderedDict[str, deque[asyncio.Future[None]]] = field(
        init=False, default_factory=OrderedDict
    )
    _running: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._threads = ThreadPoolExecutor(self.at_once, thread_name_prefix=self.name)

    async def __call__(self, network: str, work: Callable[..., R], *args: Any) -> R:
        """Raises TooBusy at once where there is no place."""
        self._enter(network)
        try:
            await self._turn(network)
        except BaseException:
            self._leave(network)
            raise
        running = asyncio.get_running_loop().run_in_executor(self._threads, work, *args)
        # Who goes away leaves their work running: its place is free once the thread is.
        running.add_done_callback(lambda _: self._done(network))
        return await asyncio.shield(running)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _enter(self, network: str) -> None:
        of_one = self._here.get(network, 0)
        if sum(self._here.values()) >= self.most or (network and of_one >= self.most_of_one):
            raise TooBusy("too many people are signing in at once; try again in a moment")
        self._here[network] = of_one + 1

    def _leave(self, network: str) -> None:
        self._here[network] -= 1
        if not self._here[network]:
            del self._here[network]

    async def _turn(self, network: str) -> None:
        if self._running < self.at_once:
            self._running += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(network, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._next()  # it was our turn already: somebody else's then
            raise

    def _done(self, network: str) -> None:
        self._leave(network)
        self._next()

    def _next(self) -> None:
        """Hands the free thread to the network that waits the longest for a turn."""
        while self._waiting:
            network, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            if turns:
                self._waiting[network] = turns
            if not turn.done():
                turn.set_result(None)
                return
        self._running -= 1
