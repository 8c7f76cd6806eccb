"""How far a cohort run is, told while a worker is at it."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from skillbridge.application.cohorts.ports import CohortReads
from skillbridge.application.cohorts.views import CohortProgress
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.progress_channel import ProgressChannel
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.cohort import AT_WORK, CohortStatus
from skillbridge.domain.cohorts.operator import may_look_on
from skillbridge.domain.ids import CohortId

WAITING, DONE = "waiting", 100


@dataclass(frozen=True, slots=True)
class CohortTracker:
    """What is told may be lost; the database has the last word on where a run stands."""

    fanout: Fanout
    cache: Cache
    reads: CohortReads

    async def tell(
        self, cohort_id: CohortId, status: CohortStatus, stage: str, percent: int
    ) -> None:
        """To whoever listens, and to whoever asks in the next minutes."""
        progress = CohortProgress(cohort_id=cohort_id, status=status, stage=stage, percent=percent)
        await self._channel(cohort_id).tell(progress)

    async def now(self, actor: Actor, cohort_id: CohortId) -> CohortProgress:
        """Raises NotAnOperator or UnknownCohort."""
        may_look_on(actor)
        status = (await self.reads.one(actor, cohort_id)).status
        told = await self._channel(cohort_id).told() if status in AT_WORK else None
        if told is not None and told.status is status:
            return told
        stage, percent = (WAITING, 0) if status in AT_WORK else (status.value, DONE)
        return CohortProgress(cohort_id=cohort_id, status=status, stage=stage, percent=percent)

    def follow(
        self, actor: Actor, cohort_id: CohortId
    ) -> AsyncGenerator[CohortProgress | None, None]:
        """Where it stands, then each step; ends when no worker has anything to do for it.

        None when a while brought nothing.
        """
        return self._channel(cohort_id).follow(
            lambda: self.now(actor, cohort_id), goes_on=self.goes_on, how_far=_how_far
        )

    @staticmethod
    def goes_on(progress: CohortProgress) -> bool:
        """Whether there is anything left to follow for now."""
        return progress.status in AT_WORK

    def _channel(self, cohort_id: CohortId) -> ProgressChannel[CohortProgress]:
        return ProgressChannel(f"cohort:{cohort_id}:progress", self.fanout, self.cache, _progress)


def _how_far(progress: CohortProgress) -> tuple[int, int]:
    """By the order in which a run goes through its states."""
    return list(CohortStatus).index(progress.status), progress.percent


def _progress(told: Mapping[str, Any]) -> CohortProgress:
    return CohortProgress(
        cohort_id=CohortId(UUID(told["cohort_id"])),
        status=CohortStatus(told["status"]),
        stage=told["stage"],
        percent=told["percent"],
    )
