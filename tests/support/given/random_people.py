"""Mentors and learners drawn at random, so that most rules let some pass and keep some out."""

from random import Random

from tests.support.given.mentors import user

from skillbridge.domain.ids import SkillId
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.need import Need, Wanted

SLOTS = 672

SKILLS = [SkillId(name) for name in ("css", "go", "python", "sql", "日本", "z", "Z", "html")]
LANGUAGES = ["en", "fr", "ha", "sw"]
COUNTRIES = [None, "NG", "GH", "KE", "FR", "US", "ZZ"]
FIRST_MENTOR = 1_000_000
"""Ids of mentors begin here, those of learners at one."""


def mentors(dice: Random, count: int) -> list[Candidate]:
    return [_mentor(dice, FIRST_MENTOR + number) for number in range(count)]


def learners(dice: Random, count: int, *, pool: int) -> list[Need]:
    """`pool` is how many mentors there are, some of whom a learner has blocked."""
    return [_learner(dice, 1 + number, pool) for number in range(count)]


def _mentor(dice: Random, number: int) -> Candidate:
    reviews = dice.choice([0, 0, 1, 5, 40, 1_000_000])
    return Candidate(
        id=user(number),
        skills={one: dice.randint(1, 10) for one in dice.sample(SKILLS, dice.randint(0, 6))},
        languages=frozenset(dice.sample(LANGUAGES, dice.randint(0, 3))),
        country=dice.choice(COUNTRIES),
        utc_offset=dice.choice([-720, -300, 0, 60, 180, 345, 840]),
        availability=_week(dice),
        capacity=dice.choice([0, 1, 1, 2, 3, 50, 1_000]),
        taken=dice.choice([0, 0, 0, 1, 2, 1_000]),
        rating_sum=sum(dice.randint(1, 5) for _ in range(reviews)) if reviews < 100 else 4_400_000,
        rating_count=reviews,
        experience_months=dice.choice([0, 1, 59, 60, 61, 1_200]),
        consents=dice.random() < 0.9,
        minors=dice.random() < 0.5,
    )


def _learner(dice: Random, number: int, pool: int) -> Need:
    return Need(
        learner_id=user(number),
        skills=tuple(
            Wanted(one, dice.randint(1, 10), dice.randint(1, 100))
            for one in dice.sample(SKILLS, dice.randint(1, 5))
        ),
        languages=tuple(dice.sample(LANGUAGES, dice.randint(1, 3))),
        country=dice.choice(COUNTRIES),
        utc_offset=dice.choice([-720, -300, 0, 60, 180, 345, 840]),
        availability=_week(dice),
        slots_needed=dice.choice([1, 4, 8, 24, SLOTS]),
        blocked=frozenset(user(FIRST_MENTOR + dice.randrange(pool)) for _ in range(5)),
        minor=dice.random() < 0.3,
    )


def _week(dice: Random) -> int:
    """Some evenings and a weekend day, or hardly anything."""
    if dice.random() < 0.1:
        return 1 << dice.randrange(SLOTS)
    starts = [96 * day + dice.randint(64, 80) for day in dice.sample(range(7), dice.randint(1, 5))]
    return sum(0xFFF << start for start in starts) & ((1 << SLOTS) - 1)
