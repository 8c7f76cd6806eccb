"""Who of a tenant looks for a mentor now, and what for."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from skillbridge.application.ports.clock import Clock
from skillbridge.application.ranking.ports.ranker import Learners
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.assignment import MOST_LEARNERS
from skillbridge.domain.cohorts.operator import must_operate
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import UserId
from skillbridge.domain.ranking.need import Need


class CohortTooLarge(Invalid):
    """More learners look for a mentor than one cohort may have."""

    def __init__(self) -> None:
        super().__init__(
            f"more than {MOST_LEARNERS} learners look for a mentor: name those of a first cohort",
            field="learners",
        )


@dataclass(frozen=True, slots=True)
class GatherNeeds:
    """The needs of all learners without a mentor, or of those named; one may be left out.

    Nor may one unsound profile keep all others from a match. Raises CohortTooLarge.
    """

    learners: Learners
    clock: Clock

    async def __call__(
        self, actor: Actor, among: Sequence[UserId] | None = None
    ) -> tuple[Need, ...]:
        must_operate(actor)
        at = self.clock()
        needs: list[Need] = []
        async for batch in self.learners.unmatched(actor, among):
            for learner in batch:
                with suppress(Invalid):
                    needs.append(learner.need((), at=at))
            if len(needs) > MOST_LEARNERS:
                raise CohortTooLarge
        return tuple(needs)


class NobodyToMatch(Invalid):
    """Nobody of the selection needs a mentor now."""

    def __init__(self) -> None:
        super().__init__(
            "nobody of this selection needs a mentor now: learners have an open module in a "
            "roadmap, and neither a mentor nor a request that waits",
            field="learners",
        )
