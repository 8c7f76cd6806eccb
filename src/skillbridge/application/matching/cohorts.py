"""Ordering a cohort run, matching it, and letting its placements be applied."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

from skillbridge.application.matching.gathering import GatherNeeds
from skillbridge.application.matching.ports import (
    Assignment,
    CohortReads,
    CohortRuns,
    Matcher,
    Matches,
    MentorReads,
    Mentors,
    Placements,
)
from skillbridge.application.matching.reasons import reasons
from skillbridge.application.matching.tracker import CohortTracker
from skillbridge.application.matching.views import CohortView, MentorCard, PlacementView
from skillbridge.application.paging import Key
from skillbridge.application.ports import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.assignment import AssignOptions
from skillbridge.domain.cohorts.cohort import CohortRun, CohortStatus
from skillbridge.domain.cohorts.operator import must_operate, operator
from skillbridge.domain.cohorts.order import CohortOrder, Outcome
from skillbridge.domain.cohorts.placement import Because, CohortPlacement, PlacementState
from skillbridge.domain.errors import Invalid
from skillbridge.domain.events import CohortRunConfirmed, CohortRunOrdered
from skillbridge.domain.ids import CohortId, MatchId, UserId
from skillbridge.domain.ranking.need import Need

T = TypeVar("T")

AT_ONCE = 2_000
"""Mentors looked up, or placements stored, with one statement."""
APPLIED_AT_ONCE = 50
"""Placements applied between two reports of progress."""
EXPIRE_EVERY = timedelta(hours=1)
EXPIRE_AT_ONCE = 100


class NobodyToMatch(Invalid):
    """Nobody of the selection needs a mentor now."""

    def __init__(self) -> None:
        super().__init__(
            "nobody of this selection needs a mentor now: learners have an open module in a "
            "roadmap, and neither a mentor nor a request that waits",
            field="learners",
        )


@dataclass(frozen=True, slots=True)
class OrderCohortRun:
    """An operator has a cohort matched, which can be followed; nothing is applied by that.

    The same order again, as after a double click, is answered with the run that is at work on it.
    """

    transaction: Transaction
    runs: CohortRuns

    async def __call__(self, actor: Actor, order: CohortOrder) -> CohortView:
        """Raises NotAnOperator."""
        must_operate(actor)
        async with self.transaction(actor) as tx:
            run = await self.runs.at_work_on(order)
            if run is None:
                run, events = CohortRun.requested(
                    CohortId(uuid4()), order, by=operator(actor), at=await tx.now()
                )
                await self.runs.add(run)
                tx.emit(*events)
        return CohortView.of(run)


@dataclass(frozen=True, slots=True)
class PreviewCohort:
    """What if: the outcome of an order for these needs, of which nothing is kept."""

    matcher: Matcher

    async def __call__(
        self, actor: Actor, needs: Sequence[Need], options: AssignOptions, *, named: int = 0
    ) -> Outcome:
        """Raises NotAnOperator or NobodyToMatch."""
        must_operate(actor)
        if not needs:
            raise NobodyToMatch
        assignment = await self.matcher.assign(actor.tenant_id, needs, options)
        return outcome_of(assignment, needs, named)


@dataclass(frozen=True, slots=True)
class RunCohort:
    """A worker matches a cohort and keeps what was found, with the reasons.

    Taken over from a worker that died, it begins anew: nothing is kept before all is found.
    """

    transaction: Transaction
    runs: CohortRuns
    placements: Placements
    gather: GatherNeeds
    matcher: Matcher
    mentors: MentorReads
    tracker: CohortTracker

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
        async with self.transaction(actor, step=True):
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
        assignment = await self.matcher.assign(actor.tenant_id, needs, order.options)
        await self._tell(cohort_id, "writing the reasons", 60)
        cards = await self._cards(actor, assignment)
        found = list(_placements(cohort_id, assignment, needs, cards))
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


@dataclass(frozen=True, slots=True)
class GetCohortRun:
    """A cohort run as it stands. Raises NotAnOperator or UnknownCohort."""

    reads: CohortReads

    async def __call__(self, actor: Actor, cohort_id: CohortId) -> CohortView:
        must_operate(actor)
        return await self.reads.one(actor, cohort_id)


@dataclass(frozen=True, slots=True)
class ListCohortRuns:
    """The tenant's cohort runs, newest first. Raises NotAnOperator."""

    reads: CohortReads

    async def __call__(
        self, actor: Actor, *, after: Key | None = None, limit: int = 20
    ) -> Sequence[CohortView]:
        must_operate(actor)
        return await self.reads.several(actor, after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class ListPlacements:
    """What a run found for each learner, and why. Raises NotAnOperator or UnknownCohort."""

    reads: CohortReads

    async def __call__(
        self,
        actor: Actor,
        cohort_id: CohortId,
        *,
        state: PlacementState | None = None,
        after: UserId | None = None,
        limit: int = 20,
    ) -> Sequence[PlacementView]:
        must_operate(actor)
        await self.reads.one(actor, cohort_id)
        return await self.reads.placements(actor, cohort_id, state=state, after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class ConfirmCohortRun:
    """An operator lets the placements be applied; said again, it changes nothing."""

    transaction: Transaction
    runs: CohortRuns

    async def __call__(
        self, actor: Actor, cohort_id: CohortId, *, seen: Collection[int] | None = None
    ) -> CohortView:
        """Raises NotAnOperator, ChangedSinceSeen for another version than `seen`, or IllegalMove."""
        must_operate(actor)
        async with self.transaction(actor) as tx:
            run = await self.runs.get(cohort_id)
            run.must_be(seen)
            if events := run.confirm(actor, at=await tx.now()):
                await self.runs.save(run)
                run.version += 1
                tx.emit(*events)
        return CohortView.of(run)


@dataclass(frozen=True, slots=True)
class DiscardCohortRun:
    """An operator does not want a run, also while it is at work; said again, it changes nothing."""

    transaction: Transaction
    runs: CohortRuns

    async def __call__(
        self, actor: Actor, cohort_id: CohortId, *, seen: Collection[int] | None = None
    ) -> CohortView:
        """Raises NotAnOperator, ChangedSinceSeen for another version than `seen`, or IllegalMove."""
        must_operate(actor)
        async with self.transaction(actor) as tx:
            run = await self.runs.get(cohort_id)
            run.must_be(seen)
            if events := run.discard(actor, at=await tx.now()):
                await self.runs.save(run)
                run.version += 1
                tx.emit(*events)
        return CohortView.of(run)


@dataclass(frozen=True, slots=True)
class ApplyPlacements:
    """A worker asks the mentors of a confirmed run, each learner in a transaction of their own.

    A placement and its request are kept together, so a worker that takes over goes on where the
    other one died, and nobody is asked twice. A mentor is asked for no more learners than they
    have free places that nobody else has asked for.
    """

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
        async with self.transaction(actor, step=True) as tx:
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


@dataclass(frozen=True, slots=True)
class ExpireCohortRuns:
    """By the clock: ends the runs that nobody confirmed in time; run twice, it ends them once."""

    transaction: Transaction
    runs: CohortRuns

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  overdue is overdue in any slot
        async with self.transaction(actor) as tx:
            now = await tx.now()
            for run in await self.runs.overdue(now, limit=EXPIRE_AT_ONCE):
                tx.emit(*run.expire(at=now))
                await self.runs.save(run)


def outcome_of(assignment: Assignment, needs: Sequence[Need], named: int) -> Outcome:
    """The answer in numbers; of `named` learners some may not have been matched at all."""
    return Outcome(
        learners=len(needs),
        left_out=max(0, named - len(needs)),
        placed=len(assignment.placements),
        without_candidates=len(assignment.without_candidates),
        without_place=len(assignment.without_place),
        objective=assignment.objective,
        bound=assignment.bound,
        gap_ppm=assignment.gap_ppm,
        optimal=assignment.optimal,
        scope=assignment.scope,
        answered_by=assignment.answered_by,
        hurried=assignment.hurried,
        rounds=assignment.rounds,
        blocking_pairs=assignment.blocking_pairs,
        fairness=assignment.fairness,
        source=assignment.source.value,
        degraded=assignment.degraded,
        pool_version=assignment.version,
    )


def _placements(
    cohort_id: CohortId,
    assignment: Assignment,
    needs: Sequence[Need],
    cards: Mapping[UserId, MentorCard],
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
            reasons=reasons(one.mentor, by_learner[one.learner_id], card) if card else (),
        )
    for learner_id in assignment.without_candidates:
        yield CohortPlacement.unplaced(cohort_id, learner_id, Because.WITHOUT_CANDIDATES)
    for learner_id in assignment.without_place:
        yield CohortPlacement.unplaced(cohort_id, learner_id, Because.WITHOUT_PLACE)


def _batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))
