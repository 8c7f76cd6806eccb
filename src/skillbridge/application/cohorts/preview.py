"""What a cohort would get."""

from collections.abc import Sequence
from dataclasses import dataclass

from skillbridge.application.cohorts.gathering import NobodyToMatch
from skillbridge.application.cohorts.ports import Assigner, Assignment
from skillbridge.application.known_tenants import KnownTenants
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.assignment import AssignOptions
from skillbridge.domain.cohorts.operator import must_operate
from skillbridge.domain.cohorts.order import Outcome
from skillbridge.domain.ranking.need import Need


@dataclass(frozen=True, slots=True)
class PreviewCohort:
    """What if: the outcome of an order for these needs, of which nothing is kept."""

    assigner: Assigner
    tenants: KnownTenants

    async def __call__(
        self, actor: Actor, needs: Sequence[Need], options: AssignOptions, *, named: int = 0
    ) -> Outcome:
        """Raises NotAnOperator or NobodyToMatch."""
        must_operate(actor)
        if not needs:
            raise NobodyToMatch
        weights = (await self.tenants.now(actor.tenant_id)).settings.matching
        meant = options.by_default(weights)
        assignment = await self.assigner.assign(actor.tenant_id, needs, meant)
        return outcome_of(assignment, needs, named)


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
