"""A badge: what it is called, and the activities that earn it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skillbridge.domain.ids import BadgeId


class Activity(StrEnum):
    """What is counted. A count may fall, when a module is reopened; a badge once given stays."""

    MODULES_COMPLETED = "modules_completed"
    ROADMAPS_FINISHED = "roadmaps_finished"
    MENTORS_FOUND = "mentors_found"
    """Matches that a mentor accepted, seen from the learner."""
    LEARNERS_WELCOMED = "learners_welcomed"
    """The same matches, seen from the mentor."""


ActivityCounts = Mapping[Activity, int]
"""How often one person did what; what is not named was never done."""
ActivityTimes = Mapping[Activity, Sequence[datetime]]
"""When one person did what, the first times first."""


@dataclass(frozen=True, slots=True)
class Badge:
    """Its rule is data: each activity named must have been done at least so often."""

    id: BadgeId
    title: str
    description: str
    rule: ActivityCounts

    def __post_init__(self) -> None:
        if not self.rule or min(self.rule.values()) < 1:
            raise ValueError(f"the badge {self.id} would be earned by doing nothing")

    def earned_at(self, times: ActivityTimes) -> datetime | None:
        """When the last thing was done that it asks for; None while something is lacking."""
        last = [
            times.get(activity, ())[needed - 1 : needed] for activity, needed in self.rule.items()
        ]
        return max(at for (at,) in last) if all(last) else None

    def percent(self, counts: ActivityCounts) -> int:
        """How near somebody is, rounded down, so that 100 means earned; excess counts nowhere."""
        done = sum(min(counts.get(activity, 0), needed) for activity, needed in self.rule.items())
        return 100 * done // sum(self.rule.values())
