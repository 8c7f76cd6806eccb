"""Calls to a world that fails: retry what may pass, stop asking who is down."""

import time
from collections.abc import Callable
from enum import StrEnum
from math import ceil
from types import TracebackType

from structlog import get_logger
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    wait_random_exponential,
)

from skillbridge.domain.errors import Unavailable

log = get_logger(__name__)


class CircuitOpen(Unavailable):
    """The dependency failed repeatedly and is left alone for a while."""


class BreakerState(StrEnum):
    """Closed lets calls through, open refuses them, half-open tries one."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """Refuses calls for `reset_after` seconds once `failures` in a row went wrong.

        async with breaker:
            ...

    Entering raises CircuitOpen while open. After the rest one call is let through: it closes the
    breaker or opens it again. Only exceptions in `counts` are failures; others, cancellation
    among them, decide nothing.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = 3,
        reset_after: float = 5.0,
        counts: tuple[type[Exception], ...] = (Exception,),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._limit = failures
        self._rest = reset_after
        self._counts = counts
        self._clock = clock
        self._failed = 0
        self._until = 0.0
        self._probing = False

    @property
    def state(self) -> BreakerState:
        """Where the breaker stands now."""
        if self._failed < self._limit:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self._clock() < self._until else BreakerState.HALF_OPEN

    async def __aenter__(self) -> None:
        state = self.state
        if state is BreakerState.OPEN or (state is BreakerState.HALF_OPEN and self._probing):
            wait = max(1, ceil(self._until - self._clock()))
            raise CircuitOpen(f"{self.name} is resting after failures", retry_after=wait)
        self._probing = state is BreakerState.HALF_OPEN

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._probing = False
        if kind is None:
            self._succeed()
        elif issubclass(kind, self._counts):
            self._fail(str(error))

    def _succeed(self) -> None:
        if self._failed >= self._limit:
            log.info("breaker closed", breaker=self.name)
        self._failed = 0

    def _fail(self, reason: str) -> None:
        self._failed += 1
        if self._failed >= self._limit:
            self._until = self._clock() + self._rest
            if self._failed == self._limit:  # a try that fails opens it again, and is no news
                log.warning("breaker opened", breaker=self.name, reason=reason, rest=self._rest)


def retrying(
    *kinds: type[Exception],
    attempts: int = 3,
    first: float = 0.1,
    longest: float = 2.0,
    budget: float = 10.0,
) -> AsyncRetrying:
    """Up to `attempts` tries within `budget` seconds while one of `kinds` is raised.

    Waits at random up to `first`, twice, four times that, never more than `longest` seconds, so
    that callers do not come back in step. The last error leaves as it is.

        async for attempt in retrying(Unavailable):
            with attempt:
                ...
    """
    return AsyncRetrying(
        retry=retry_if_exception_type(kinds),
        stop=stop_after_attempt(attempts) | stop_after_delay(budget),
        wait=wait_random_exponential(multiplier=first, max=longest),
        reraise=True,
    )
