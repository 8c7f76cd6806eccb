"""What a learner looks for, in whole numbers."""

from dataclasses import dataclass

from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.ranking.availability import SLOTS
from skillbridge.domain.ranking.candidate import (
    TOP_LEVEL,
    Candidate,
    check_name,
    check_person,
    require,
)

MOST_WANTED = 32
MOST_BLOCKED = 10_000
TOP_WEIGHT = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """One skill the learner wants."""

    skill: SkillId
    target: int
    """The level at which a mentor is good enough, 1 to 10."""
    weight: int = 10
    """How much it matters among the wanted skills, 1 to 100."""

    def __post_init__(self) -> None:
        check_name(self.skill, "skills")
        require(1 <= self.target <= TOP_LEVEL, "a target is 1 to 10", "skills")
        require(1 <= self.weight <= TOP_WEIGHT, "a weight is 1 to 100", "skills")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A learner's wishes. Raises Invalid when one is out of the bounds the matcher knows."""

    learner_id: UserId
    skills: tuple[Wanted, ...]
    """1 to 32 skills, each once."""
    languages: tuple[str, ...]
    """Languages the learner understands; the first is the preferred one."""
    country: str | None
    """ISO 3166-1 alpha-2, if told."""
    utc_offset: int
    """Minutes east of UTC this week."""
    availability: int
    """Quarter hours free for learning: see `availability.weekly_mask`."""
    slots_needed: int
    """Common quarter hours a week that are enough."""
    blocked: frozenset[UserId] = frozenset()
    """Mentors who must not be shown: blocks of either side, earlier refusals."""
    minor: bool = False
    """Whether the learner is under 18, so that only mentors who may mentor minors are shown."""

    def __post_init__(self) -> None:
        require(1 <= len(self.skills) <= MOST_WANTED, "name 1 to 32 wanted skills", "skills")
        names = {wanted.skill for wanted in self.skills}
        require(len(names) == len(self.skills), "name each wanted skill once", "skills")
        check_person(self.languages, self.country, self.utc_offset, self.availability)
        enough = 1 <= self.slots_needed <= SLOTS
        require(enough, f"the quarter hours needed are 1 to {SLOTS}", "slots_needed")
        require(len(self.blocked) <= MOST_BLOCKED, "at most 10000 blocked mentors", "blocked")

    def excludes(self, mentor: Candidate) -> bool:
        """Whether this mentor must not be shown, whatever the score would be.

        A blocked one, the learner, one who agreed to no match, or, to a minor, one who may not
        mentor minors.
        """
        permitted = mentor.consents and (mentor.minors or not self.minor)
        return not permitted or self.blocks(mentor.id)

    def blocks(self, mentor: UserId) -> bool:
        """What the id alone tells; nobody mentors themselves."""
        return mentor == self.learner_id or mentor in self.blocked
