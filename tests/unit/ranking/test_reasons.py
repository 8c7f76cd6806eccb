"""Reasons say what the score says."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from skillbridge.application.mentors.views import MentorCard
from skillbridge.application.ranking.reasons import reasons
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.ranking.availability import Window
from skillbridge.domain.ranking.learner import Learner
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import Score

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
PYTHON, SQL = SkillId("python"), SkillId("sql")
LEARNER = Learner(
    user_id=UserId(uuid4()),
    languages=("yo", "en"),
    country="NG",
    windows=(Window(0, 540, 720),),
    skills={PYTHON: 4},
)
NEED = LEARNER.need([PYTHON, SQL, PYTHON], at=NOW)
CARD = MentorCard(
    id=UserId(uuid4()),
    name="Bola",
    headline="Here to help",
    bio="",
    country="GH",
    time_zone="UTC",
    languages=("en",),
    skills={SQL: 3},
    experience_years=0,
    rating=4.67,
    ratings=3,
    free=1,
    accepting=True,
    since=NOW,
)
TERMS = dict.fromkeys(
    ("skill", "availability", "language", "location", "rating", "free", "experience"), 600
)


def said(card: MentorCard, need: Need = NEED, **terms: int) -> tuple[str, ...]:
    parts = TERMS | terms
    return reasons(Score(card.id, sum(parts.values()), parts), need, card)


@pytest.mark.row("G3", "Z3")
def test_a_neighbour_with_reviews_and_little_time() -> None:
    assert said(CARD) == (
        "Knows sql, which you want to learn.",
        "Has some free hours in common with you each week.",
        "Speaks en, a language of your profile.",
        "Lives in your part of the world.",
        "Rated 4.7 of 5 by 3 learners.",
        "Has 1 free place.",
    )


def test_nothing_is_said_of_what_nobody_told() -> None:
    """Whatever the parts of the score: who told no hours scores as one who has any."""
    told_nothing = replace(CARD, skills={}, languages=(), country=None, rating=None, free=0)
    hours = "Has enough free hours in common with you each week."
    assert said(told_nothing, NEED, **dict.fromkeys(TERMS, 10_000)) == (hours,)
    learner = Learner(user_id=LEARNER.user_id, languages=("yo",))
    need = learner.need([PYTHON], at=NOW)
    known = said(CARD, need, **dict.fromkeys(TERMS, 10_000))
    assert known == (
        "Has free hours each week.",
        "Rated 4.7 of 5 by 3 learners.",
        "Has 1 free place.",
    )


def test_a_mentor_far_away_lives_nowhere_near() -> None:
    assert "world" not in "".join(said(replace(CARD, country="NZ"), location=10_000))


def test_a_need_names_each_skill_once_and_aims_above_the_learner() -> None:
    assert [(one.skill, one.target) for one in NEED.skills] == [(PYTHON, 5), (SQL, 3)]


def test_who_told_no_hours_has_any() -> None:
    hours = replace(LEARNER, windows=()).need([PYTHON], at=NOW).availability
    assert hours.bit_count() == 672
