"""A hundred thousand mentors and some learners, the same in every run."""

from random import Random
from uuid import UUID

from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.matching.candidate import Candidate
from skillbridge.domain.matching.need import Need, Wanted

COUNTRIES = ("NG", "GH", "KE", "ZA", "FR", "US", "IN", "EG")
LANGUAGES = ("en", "fr", "sw", "ha", "ar", "pt")
SKILLS = 200
BLOCKS = 6
BLOCK = 0b111111
"""Three hours together."""
WEEK = 330


def mentors(count: int, seed: int = 7) -> list[Candidate]:
    dice = Random(seed)
    return [_mentor(dice, number) for number in range(1, count + 1)]


def learners(count: int, seed: int = 11) -> list[Need]:
    dice = Random(seed)
    return [_learner(dice, number) for number in range(1, count + 1)]


def easy_learners(count: int) -> list[Need]:
    """Learners who want many skills, so that nearly every mentor suits them."""
    dice = Random(13)
    return [_learner(dice, number, skills=20, blocks=12) for number in range(1, count + 1)]


def _mentor(dice: Random, number: int) -> Candidate:
    reviews = dice.randrange(40)
    return Candidate(
        id=UserId(UUID(int=number << 64 | dice.getrandbits(63))),
        skills={_skill(dice): dice.randint(1, 10) for _ in range(dice.randint(3, 8))},
        languages=frozenset({"en", *dice.sample(LANGUAGES, 2)}),
        country=dice.choice(COUNTRIES),
        utc_offset=60 * dice.randint(-4, 5),
        availability=_hours(dice, BLOCKS),
        capacity=5,
        taken=dice.randrange(5),
        rating_sum=reviews * dice.randint(1, 5),
        rating_count=reviews,
        experience_months=dice.randrange(90),
    )


def _learner(dice: Random, number: int, *, skills: int = 4, blocks: int = BLOCKS) -> Need:
    return Need(
        learner_id=UserId(UUID(int=number)),
        skills=tuple(Wanted(skill, 6) for skill in sorted({_skill(dice) for _ in range(skills)})),
        languages=tuple(dice.sample(LANGUAGES, 2)),
        country=dice.choice(COUNTRIES),
        utc_offset=60,
        availability=_hours(dice, blocks),
        slots_needed=6,
    )


def _skill(dice: Random) -> SkillId:
    """Popular skills are named more often than rare ones."""
    return SkillId(f"skill-{min(dice.randrange(SKILLS), dice.randrange(SKILLS))}")


def _hours(dice: Random, blocks: int) -> int:
    mask = 0
    for _ in range(blocks):
        mask |= BLOCK << dice.randrange(WEEK)
    return mask
