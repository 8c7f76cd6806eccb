"""A worker asks the mentors of a confirmed run."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from skillbridge.application.cohorts.ports import CohortRuns, Placements
from skillbridge.application.cohorts.tracker import CohortTracker
from skillbridge.application.matching.ports import Matches
from skillbridge.application.mentors.ports import Mentors
from skillbridge.application.ports.jobs import Step
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.cohort import CohortStatus
from skillbridge.domain.cohorts.placement import PlacementState
from skillbridge.domain.events.cohorts import CohortRunConfirmed
from skillbridge.domain.ids import CohortId, MatchId, UserId

APPLIED_AT_ONCE = 50
"""Placements applied between two reports of progress."""


@dataclass(frozen=True, slots=True)
class ApplyPlacements:
    """A worker asks the mentors of a confirmed run, each learner in a transaction of their own.

    A placement and its request are kept together, so a worker that takes over goes on where the
    other one died, and nobody is asked twice. A mentor is asked for no more learners than they
    have free places that nobody else has asked for.
    """

    step: Step
    transaction: Transaction
    runs: CohortRuns
    placements: Placements
    mentors: Mentors
    matches: Matches
    tracker: CohortTracker

    async def __call__(self, actor: Actor, event: CohortRunConfirmed) -> None:
        cohort_id = event.cohort_id
        while waiting := await self._waiting(actor, cohort_id):
            for learner_id in waiting:
                await self._apply(actor, cohort_id, learner_id)
        await self._finish(actor, cohort_id)

    async def _waiting(self, actor: Actor, cohort_id: CohortId) -> Sequence[UserId]:
        async with self.transaction(actor, read_only=True):
            waiting = await self.placements.waiting(cohort_id, limit=APPLIED_AT_ONCE)
            counts = await self.placements.counts(cohort_id)
        done = counts.get(PlacementState.APPLIED, 0) + counts.get(PlacementState.SKIPPED, 0)
        everyone = done + counts.get(PlacementState.PROPOSED, 0)
        percent = 99 * done // max(1, everyone)
        await self.tracker.tell(cohort_id, CohortStatus.CONFIRMED, "asking the mentors", percent)
        return waiting

    async def _apply(self, actor: Actor, cohort_id: CohortId, learner_id: UserId) -> None:
        async with self.step(actor) as tx:
            placement = await self.placements.get(cohort_id, learner_id)
            if placement.state is not PlacementState.PROPOSED or placement.mentor_id is None:
                return
            # Held before the requests are counted: another run may be asking the same mentor.
            mentor = await self.mentors.find(placement.mentor_id)
            pair_status = await self.matches.pair_status(learner_id, placement.mentor_id)
            match, events = placement.ask(MatchId(uuid4()), mentor, pair_status, at=await tx.now())
            if match is not None:
                await self.matches.add(match)
            await self.placements.save(placement)
            tx.emit(*events)

    async def _finish(self, actor: Actor, cohort_id: CohortId) -> None:
        async with self.transaction(actor) as tx:
            run = await self.runs.get(cohort_id)
            if run.status is CohortStatus.CONFIRMED:
                counts = await self.placements.counts(cohort_id)
                applied = counts.get(PlacementState.APPLIED, 0)
                skipped = counts.get(PlacementState.SKIPPED, 0)
                tx.emit(*run.finish(applied=applied, skipped=skipped, at=await tx.now()))
                await self.runs.save(run)
        await self.tracker.tell(cohort_id, run.status, run.status.value, 100)
