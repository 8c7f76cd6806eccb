"""What a learner asks for."""

import re
from dataclasses import dataclass
from typing import Annotated

from skillbridge.domain.errors import Faults, Invalid
from skillbridge.domain.ids import DomainId, SkillId
from skillbridge.domain.level import Level
from skillbridge.domain.text import Text, UnfitText, tidy

MAX_HOURS_PER_WEEK = 60
MAX_KNOWN = 100
SKILL = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_SKILL = 64


class UnclearGoal(UnfitText):
    """A goal has 2 to 500 letters."""


GOAL = Text(what="a goal", refusal=UnclearGoal, least=2, most=500, lines=True)
"""Two letters can be a word: 编程 is programming."""


class ImpossiblePace(Invalid):
    """Nobody learns zero hours a week, or more than sixty."""


class UnclearSkills(Invalid):
    """The known skills are too many or not written as skill ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Known skills the domain lacks do no harm."""

    goal: Annotated[str, GOAL]
    domain: DomainId
    level: Level
    hours_per_week: int
    known: frozenset[SkillId] = frozenset()

    def __post_init__(self) -> None:
        faults = Faults()
        tidy(self, faults)
        faults.unless(
            1 <= self.hours_per_week <= MAX_HOURS_PER_WEEK,
            ImpossiblePace(
                f"choose 1 to {MAX_HOURS_PER_WEEK} hours a week", field="hours_per_week"
            ),
        )
        _check_known(self.known, faults)
        faults.refuse()

    @property
    def minutes_per_week(self) -> int:
        return self.hours_per_week * 60


def _check_known(known: frozenset[SkillId], faults: Faults) -> None:
    faults.unless(
        len(known) <= MAX_KNOWN,
        UnclearSkills(f"name at most {MAX_KNOWN} known skills", field="known"),
    )
    for skill in sorted(known)[:MAX_KNOWN]:
        faults.unless(
            len(skill) <= MAX_SKILL and SKILL.fullmatch(skill) is not None,
            UnclearSkills(f"{skill[:MAX_SKILL]!r} is not the id of a skill", field="known"),
        )
