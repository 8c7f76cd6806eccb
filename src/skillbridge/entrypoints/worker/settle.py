"""How a job ends: what its use case commits settles it.

A use case opens a transaction and knows of no job. Where a worker runs one, the scope is given the job
(`run.py`), and `JobProvider` puts what stands here in the place of the plain transaction and step. A
use case that has written nothing by its end, or all of it in steps, is finished afterwards.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from dishka import Has, Provider, Scope, decorate, from_context, provide

from skillbridge.application.ports.jobs import Job, Settlement, Step
from skillbridge.application.ports.transaction import Transaction, Tx
from skillbridge.domain.actor import Actor


@dataclass(slots=True)
class CurrentJob:
    """The job that a worker runs in this scope."""

    job: Job
    settled: bool = field(init=False, default=False)
    """From just before the commit of its effect: from then on it has no lease to lose."""

    def unsettled(self) -> Job:
        if self.settled:
            raise RuntimeError("a reaction writes in one transaction")
        return self.job


@dataclass(frozen=True, slots=True)
class JobTransaction:
    """What is written here and the end of the job are one: both are stored, or neither is."""

    plain: Transaction
    current: CurrentJob
    settlement: Settlement

    @asynccontextmanager
    async def __call__(self, actor: Actor, *, read_only: bool = False) -> AsyncIterator[Tx]:
        async with self.plain(actor, read_only=read_only) as tx:
            yield tx
            if not read_only:
                self.settlement.settle(self.current.unsettled())
                self.current.settled = True


@dataclass(frozen=True, slots=True)
class JobStep:
    """What is written here stays, whatever becomes of the job."""

    plain: Step
    current: CurrentJob
    settlement: Settlement

    @asynccontextmanager
    async def __call__(self, actor: Actor) -> AsyncIterator[Tx]:
        async with self.plain(actor) as tx:
            yield tx
            self.settlement.hold(self.current.unsettled())


class JobProvider(Provider):
    """What a job brings along; a scope without one keeps the plain transaction and step."""

    scope = Scope.REQUEST
    job = from_context(Job)
    current = provide(CurrentJob)

    @decorate(when=Has(Job))
    def transaction(
        self, plain: Transaction, current: CurrentJob, settlement: Settlement
    ) -> Transaction:
        return JobTransaction(plain, current, settlement)

    @decorate(when=Has(Job))
    def step(self, plain: Step, current: CurrentJob, settlement: Settlement) -> Step:
        return JobStep(plain, current, settlement)
