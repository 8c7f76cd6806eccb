"""A learner, as far as a ranking has to know them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from skillbridge.domain.errors import Invalid, NotFound
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.ranking.availability import ALL_WEEK, Window, offset_minutes, weekly_mask
from skillbridge.domain.ranking.need import MOST_WANTED, Need, Wanted

AHEAD = 2
"""How many levels above the learner a mentor is good enough."""
LEAST_TARGET, TOP_TARGET = 3, 5
"""Levels people state run from 1 to 5, and who helps knows more than the beginnings."""
SLOTS_NEEDED = 8
"""Two common hours a week are enough for a session and its preparation."""


class UnknownLearner(NotFound):
    """The account has no profile."""

    def __init__(self) -> None:
        super().__init__("this account has no profile, so nobody can be suggested to it")


class NothingWanted(Invalid):
    """Neither the request nor a roadmap says what the learner wants to learn."""

    def __init__(self) -> None:
        super().__init__(
            "say what you want to learn, as in ?skills=python-basics,sql, or make a roadmap first",
            field="skills",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    user_id: UserId
    languages: tuple[str, ...]
    """The preferred one first."""
    country: str | None = None
    time_zone: str = "UTC"
    windows: tuple[Window, ...] = ()
    skills: Mapping[SkillId, int] = field(default_factory=dict)
    """What they know already, 1 to 5."""
    learning: tuple[SkillId, ...] = ()
    """The skills of the open modules of their roadmaps, in the order of the modules."""
    asked: frozenset[UserId] = frozenset()
    """Mentors whom they wait for, are with, or who declined: not to be suggested again."""

    def need(self, skills: Sequence[SkillId], *, at: datetime) -> Need:
        """What a mentor for these skills, or for those of the roadmaps, should bring.

        Who told no hours is taken to have any. Raises NothingWanted, and Invalid for a skill that
        cannot be one.
        """
        wanted = tuple(dict.fromkeys(skills or self.learning))[:MOST_WANTED]
        if not wanted:
            raise NothingWanted
        return Need(
            learner_id=self.user_id,
            skills=tuple(Wanted(skill, self._target(skill)) for skill in wanted),
            languages=self.languages,
            country=self.country,
            utc_offset=offset_minutes(self.time_zone, at),
            availability=weekly_mask(self.windows, self.time_zone, at) or ALL_WEEK,
            slots_needed=SLOTS_NEEDED,
            blocked=self.asked,
        )

    def _target(self, skill: SkillId) -> int:
        return min(TOP_TARGET, max(LEAST_TARGET, self.skills.get(skill, 0) + AHEAD))
