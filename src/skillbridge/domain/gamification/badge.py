"""A badge: what it is called, and the deeds that earn it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from skillbridge.domain.ids import BadgeId


class Deed(StrEnum):
    """What is counted. A count may fall, when a module is reopened; a badge once given stays."""

    MODULES_COMPLETED = "modules_completed"
    ROADMAPS_FINISHED = "roadmaps_finished"
    MENTORS_FOUND = "mentors_found"
    """Matches that a mentor accepted, seen from the learner."""
    LEARNERS_WELCOMED = "learners_welcomed"
    """The same matches, seen from the mentor."""


Tally = Mapping[Deed, int]
"""How often one person did what; what is not named was never done."""


@dataclass(frozen=True, slots=True)
class Badge:
    """Its rule is data: every deed named must have been done at least so often."""

    id: BadgeId
    title: str
    description: str
    rule: Tally

    def __post_init__(self) -> None:
        if not self.rule or min(self.rule.values()) < 1:
            raise ValueError(f"the badge {self.id} would be earned by doing nothing")

    def earned(self, deeds: Tally) -> bool:
        return all(deeds.get(deed, 0) >= needed for deed, needed in self.rule.items())

    def percent(self, deeds: Tally) -> int:
        """How near somebody is, rounded down, so that 100 means earned; excess counts nowhere."""
        done = sum(min(deeds.get(deed, 0), needed) for deed, needed in self.rule.items())
        return 100 * done // sum(self.rule.values())
