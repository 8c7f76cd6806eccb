"""One job: claim it, run its reaction, settle it or put it back."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from dishka import AsyncContainer

from skillbridge.application.ports.jobs import GivesUp, Job, Jobs, LeaseLost, RefusedForGood
from skillbridge.application.security_signals import SecuritySignals
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Forbidden, Unavailable
from skillbridge.entrypoints.worker.finish import Finisher
from skillbridge.entrypoints.worker.settle import CurrentJob

log = structlog.get_logger()

LEASE = timedelta(seconds=15)
ATTEMPTS = 8
LONGEST_PAUSE = 300
"""Seconds."""


class UnknownKind(Exception):
    """A newer program planned this job: a worker that knows it will come."""


@dataclass(slots=True)
class JobRunner:
    """Runs claimed jobs by the name of their use case; one that keeps failing ends among the dead."""

    container: AsyncContainer
    jobs: Jobs
    kinds: Mapping[str, type[Any]]
    lease: timedelta = LEASE
    attempts: int = ATTEMPTS
    finish: Finisher = field(init=False)

    def __post_init__(self) -> None:
        self.finish = Finisher(self.jobs)

    async def __call__(self, job: Job) -> None:
        with structlog.contextvars.bound_contextvars(
            job=str(job.id), kind=job.kind, attempt=job.attempt, request_id=job.request_id
        ):
            await self._attempt(job)

    async def _attempt(self, job: Job) -> None:
        if job.attempt > self.attempts:  # nobody lived to put it back
            reason = _why_no_more(job, self.attempts)
            log.error("job.dead", reason=reason)
            await self._dead_letter(job, reason)
            return
        try:
            await self._perform(job)
        except LeaseLost as error:
            log.warning("job.lost", reason=str(error))
        except UnknownKind as error:
            log.warning("job.left", reason=str(error))
            await self.jobs.requeue(job, str(error), retry_in=timedelta(seconds=LONGEST_PAUSE))
        except RefusedForGood as error:
            log.error("job.refused", reason=str(error))  # noqa: TRY400  a traceback tells no more
            await self._dead_letter(job, str(error))
        except Exception as error:
            log.exception("job.failed")
            await self._see(job, error)
            if (pause := self._pause(job)) is None:
                await self._dead_letter(job, repr(error))
            else:
                await self.jobs.fail(job, repr(error), retry_in=pause)
        else:
            log.info("job.done")

    async def _perform(self, job: Job) -> None:
        if job.unreadable:
            raise LookupError(job.unreadable)
        kind = self.kinds.get(job.kind)
        if kind is None:
            raise UnknownKind(f"this worker knows no {job.kind}: is it older than the API?")
        async with self.container({Job: job}) as scope:
            current, use_case = await scope.get(CurrentJob), await scope.get(kind)
            actor = Actor.system(job.tenant_id, request_id=job.request_id)
            async with self._holding(job, current):
                await use_case(actor, job.event or job.slot)
            if not current.settled:  # it wrote nothing, or all of it in steps
                await self.finish(job)

    async def _see(self, job: Job, error: Exception) -> None:
        """What the database refused a worker is a fault of ours, or an attack."""
        if not (isinstance(error, Forbidden) and error.by_database):
            return
        async with self.container() as scope:
            signals = await scope.get(SecuritySignals)
            await signals.database_refused(Actor.system(job.tenant_id, request_id=job.request_id))

    async def _dead_letter(self, job: Job, error: str) -> None:
        """Before a job joins the dead, whoever waits for it is told that it will not come."""
        kind = self.kinds.get(job.kind)
        if job.event and kind and issubclass(kind, GivesUp):
            try:
                async with self.container() as scope:
                    use_case = await scope.get(kind)
                    actor = Actor.system(job.tenant_id, request_id=job.request_id)
                    await use_case.give_up(actor, job.event)
            except Exception:
                log.exception("job.not_given_up")
        await self.jobs.fail(job, error, retry_in=None)

    def _pause(self, job: Job) -> timedelta | None:
        """1, 4, 16 … seconds, at most five minutes; None when it was tried often enough.

        Eight attempts bridge a quarter of an hour without a mail server or a matcher.
        """
        if job.attempt >= self.attempts:
            return None
        return timedelta(seconds=min(4 ** min(job.attempt - 1, 5), LONGEST_PAUSE))

    @asynccontextmanager
    async def _holding(self, job: Job, current: CurrentJob) -> AsyncIterator[None]:
        """Extends the lease while the work goes on; ends the work when the lease is lost.

        A settled job has no lease any more: what its use case does afterwards is left to end.
        """
        work = asyncio.current_task()
        assert work is not None
        lost, beat = False, self.lease.total_seconds() / 3

        async def extend() -> None:
            nonlocal lost
            while True:
                with suppress(Unavailable):  # the next beat may get through
                    held = await self.jobs.extend(job, lease=self.lease)
                    lost = not (held or current.settled)
                if lost:
                    work.cancel()
                if lost or current.settled:
                    return
                await asyncio.sleep(beat)

        def begin() -> None:
            holders.append(asyncio.create_task(extend()))

        # Most jobs end before their first beat, and pay for no task.
        holders: list[asyncio.Task[None]] = []
        first = asyncio.get_running_loop().call_later(beat, begin)
        try:
            yield
        except asyncio.CancelledError:
            if lost:
                work.uncancel()
                raise LeaseLost("another worker took this job over") from None
            raise
        finally:
            first.cancel()
            for holder in holders:
                holder.cancel()


def _why_no_more(job: Job, allowed: int) -> str:
    """What an attempt said counts for more than that there may be none any more."""
    if job.error:
        return f"{job.error} (given up after {job.attempt - 1} attempts, {allowed} are allowed)"
    return f"its worker died in every attempt, {job.attempt - 1} of them, and left no reason"
