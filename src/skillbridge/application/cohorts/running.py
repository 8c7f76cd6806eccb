"""A worker matches a cohort."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from skillbridge.application.cohorts.gathering import GatherNeeds, NobodyToMatch
from skillbridge.application.cohorts.ports import Assigner, Assignment, CohortRuns, Placements
from skillbridge.application.cohorts.preview import outcome_of
from skillbridge.application.cohorts.tracker import CohortTracker
from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.mentors.ports import MentorReads
from skillbridge.application.mentors.views import MentorCard
from skillbridge.application.ports.jobs import Step
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.ranking.reasons import reasons
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.cohort import CohortStatus
from skillbridge.domain.cohorts.order import CohortOrder, Outcome
from skillbridge.domain.cohorts.placement import Because, CohortPlacement
from skillbridge.domain.errors import Invalid
from skillbridge.domain.events.cohorts import CohortRunOrdered
from skillbridge.domain.ids import CohortId, UserId
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import Weights

T = TypeVar("T")

AT_ONCE = 2_000
"""Mentors looked up, or placements stored, with one statement."""


@dataclass(frozen=True, slots=True)
class RunCohort:
    """A worker matches a cohort and keeps what was found, with the reasons.

    Taken over from a worker that died, it begins anew: nothing is kept before all is found.
    """

    step: Step
    transaction: Transaction
    runs: CohortRuns
    placements: Placements
    gather: GatherNeeds
    assigner: Assigner
    mentors: MentorReads
    tracker: CohortTracker
    tenants: KnownTenants

    async def __call__(self, actor: Actor, event: CohortRunOrdered) -> None:
        order = await self._start(actor, event.cohort_id)
        if order is None:
            return
        try:
            outcome, found = await self._match(actor, event.cohort_id, order)
        except Invalid as error:
            await self._fail(actor, event.cohort_id, str(error))
        else:
            await self._keep(actor, event.cohort_id, outcome, found)

    async def give_up(self, actor: Actor, event: CohortRunOrdered) -> None:
        """The operator is told, and can order it again: it is not taken for a run at work."""
        reason = "it could not be matched, however often it was tried: order it again"
        await self._fail(actor, event.cohort_id, reason)

    async def _start(self, actor: Actor, cohort_id: CohortId) -> CohortOrder | None:
        """None for a run that was discarded, or is done already."""
        async with self.step(actor):
            run = await self.runs.get(cohort_id)
            if run.status not in {CohortStatus.QUEUED, CohortStatus.RUNNING}:
                return None
            run.start()
            await self.runs.save(run)
        return run.order

    async def _match(
        self, actor: Actor, cohort_id: CohortId, order: CohortOrder
    ) -> tuple[Outcome, list[CohortPlacement]]:
        """No connection is held while the matcher thinks. Raises Invalid for a hopeless order."""
        await self._tell(cohort_id, "collecting learners", 5)
        needs = await self.gather(actor, order.learner_ids)
        if not needs:
            raise NobodyToMatch
        await self._tell(cohort_id, f"matching {len(needs)} learners", 30)
        weights = (await self.tenants.now(actor.tenant_id)).settings.matching
        options = order.options.by_default(weights)
        assignment = await self.assigner.assign(actor.tenant_id, needs, options)
        await self._tell(cohort_id, "writing the reasons", 60)
        cards = await self._cards(actor, assignment)
        found = list(_placements(cohort_id, assignment, needs, cards, options.weights or weights))
        await self._tell(cohort_id, "keeping it", 80)
        return outcome_of(assignment, needs, len(order.learner_ids or ())), found

    async def _cards(self, actor: Actor, assignment: Assignment) -> Mapping[UserId, MentorCard]:
        wanted = sorted({one.mentor.mentor_id for one in assignment.placements})
        cards: dict[UserId, MentorCard] = {}
        for some in _batches(wanted):
            cards.update(await self.mentors.several(actor, some))
        return cards

    async def _keep(
        self, actor: Actor, cohort_id: CohortId, outcome: Outcome, found: list[CohortPlacement]
    ) -> None:
        async with self.transaction(actor) as tx:
            run = await self.runs.get(cohort_id)
            if run.status is CohortStatus.RUNNING:
                for some in _batches(found):
                    await self.placements.add(some)
                tx.emit(*run.propose(outcome, at=await tx.now()))
                await self.runs.save(run)
        await self.tracker.tell(cohort_id, run.status, run.status.value, 100)

    async def _fail(self, actor: Actor, cohort_id: CohortId, reason: str) -> None:
        async with self.transaction(actor) as tx:
            run = await self.runs.get(cohort_id)
            if run.status in {CohortStatus.QUEUED, CohortStatus.RUNNING}:
                tx.emit(*run.fail(reason, at=await tx.now()))
                await self.runs.save(run)
        await self.tracker.tell(cohort_id, run.status, run.status.value, 100)

    async def _tell(self, cohort_id: CohortId, stage: str, percent: int) -> None:
        await self.tracker.tell(cohort_id, CohortStatus.RUNNING, stage, percent)


def _placements(
    cohort_id: CohortId,
    assignment: Assignment,
    needs: Sequence[Need],
    cards: Mapping[UserId, MentorCard],
    weights: Weights,
) -> Iterator[CohortPlacement]:
    """One for each learner; a mentor who has stopped since has no card, and no reasons."""
    by_learner = {need.learner_id: need for need in needs}
    for one in assignment.placements:
        card = cards.get(one.mentor.mentor_id)
        yield CohortPlacement(
            cohort_id=cohort_id,
            learner_id=one.learner_id,
            mentor_id=one.mentor.mentor_id,
            total=one.mentor.total,
            terms=one.mentor.terms,
            reasons=reasons(one.mentor, by_learner[one.learner_id], card, weights) if card else (),
        )
    for learner_id in assignment.without_candidates:
        yield CohortPlacement.unplaced(cohort_id, learner_id, Because.WITHOUT_CANDIDATES)
    for learner_id in assignment.without_place:
        yield CohortPlacement.unplaced(cohort_id, learner_id, Because.WITHOUT_PLACE)


def _batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))
