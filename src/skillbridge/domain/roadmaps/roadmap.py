"""One learner's roadmap, from the wish to the path."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from skillbridge.domain.events.event import Event
from skillbridge.domain.events.roadmaps import RoadmapFailed, RoadmapReady, RoadmapRequested
from skillbridge.domain.ids import ModuleId, RoadmapId, TenantId, UserId
from skillbridge.domain.lifecycle import Lifecycle
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Module, Outline
from skillbridge.domain.roadmaps.schedule import due_dates
from skillbridge.domain.roadmaps.validator import MAX_TITLE
from skillbridge.domain.text import shortened, tidied


class RoadmapStatus(StrEnum):
    DRAFTING = "drafting"
    READY = "ready"
    FAILED = "failed"


class Author(StrEnum):
    """Who drew the path."""

    TEMPLATE = "template"
    MODEL = "model"


LIFE = Lifecycle(
    RoadmapStatus,
    {
        "adopt": ({RoadmapStatus.DRAFTING}, RoadmapStatus.READY),
        "fail": ({RoadmapStatus.DRAFTING}, RoadmapStatus.FAILED),
    },
)


@dataclass(slots=True, kw_only=True)
class Roadmap:
    """`reason` says why the template stood in for the model, or why there is no path at all.

    Modules stand in an order in which they can be taken. Until they are there, the title is
    the goal.
    """

    id: RoadmapId
    tenant_id: TenantId
    learner_id: UserId
    brief: Brief
    title: str
    starts_on: date
    status: RoadmapStatus = RoadmapStatus.DRAFTING
    author: Author | None = None
    reason: str | None = None
    modules: tuple[Module, ...] = ()
    version: int = 0

    @classmethod
    def request(
        cls,
        roadmap_id: RoadmapId,
        brief: Brief,
        *,
        tenant_id: TenantId,
        learner_id: UserId,
        at: datetime,
    ) -> tuple["Roadmap", tuple[Event, ...]]:
        """A learner wishes for a path, from today on; drawing it takes a while."""
        roadmap = cls(
            id=roadmap_id,
            tenant_id=tenant_id,
            learner_id=learner_id,
            brief=brief,
            title=_headline(brief.goal),
            starts_on=at.date(),
        )
        return roadmap, (RoadmapRequested(roadmap_id=roadmap_id, learner_id=learner_id, at=at),)

    def adopt(
        self, outline: Outline, author: Author, *, at: datetime, reason: str | None = None
    ) -> tuple[Event, ...]:
        """Take a sound outline as the path.

        The first outline stays: a second one, from a job that ran twice, changes nothing.
        Raises IllegalMove after a failure.
        """
        if self.status is RoadmapStatus.READY:
            return ()
        self.status = LIFE.after("adopt", self.status)
        self.title = outline.title
        self.modules = outline.in_order().modules
        self.author = author
        self.reason = reason
        return (
            RoadmapReady(
                roadmap_id=self.id,
                learner_id=self.learner_id,
                title=self.title,
                author=author.value,
                at=at,
            ),
        )

    def fail(self, reason: str, *, at: datetime) -> tuple[Event, ...]:
        """Give up. Failing twice changes nothing; raises IllegalMove when the path is there."""
        if self.status is RoadmapStatus.FAILED:
            return ()
        self.status = LIFE.after("fail", self.status)
        self.reason = reason
        return (
            RoadmapFailed(roadmap_id=self.id, learner_id=self.learner_id, reason=reason, at=at),
        )

    def awaits(self, brief: Brief) -> bool:
        """Whether this is what `brief` wishes for, and is still being drawn."""
        return self.status is RoadmapStatus.DRAFTING and self.brief == brief

    @property
    def due(self) -> Mapping[ModuleId, date]:
        """When each module is due; empty while there is no path."""
        pace = self.brief.minutes_per_week
        return due_dates(self.modules, minutes_per_week=pace, start=self.starts_on)


def _headline(goal: str) -> str:
    return shortened(tidied(goal, lines=False), MAX_TITLE)
