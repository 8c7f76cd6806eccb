"""Reasons say what the score says."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from skillbridge.application.matching.reasons import reasons
from skillbridge.application.matching.views import MentorCard
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.matching.learner import Learner
from skillbridge.domain.matching.score import Score

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
PYTHON, SQL = SkillId("python"), SkillId("sql")
LEARNER = Learner(user_id=UserId(uuid4()), languages=("yo", "en"), country="NG", skills={PYTHON: 4})
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


def said(card: MentorCard, **terms: int) -> tuple[str, ...]:
    parts = TERMS | terms
    return reasons(Score(card.id, sum(parts.values()), parts), NEED, card)


@pytest.mark.row("G3", "Z3")
def test_a_neighbour_with_reviews_and_little_time() -> None:
    assert said(CARD) == (
        "Knows sql, which you want to learn.",
        "Has some free hours in common with you each week.",
        "Speaks a language you know.",
        "Lives near you or keeps similar hours.",
        "Rated 4.7 of 5 by 3 learners.",
        "Has 1 free place.",
    )


def test_nothing_is_said_of_what_adds_nothing() -> None:
    far = replace(CARD, rating=None, country=None)
    assert len(said(far, location=0)) == 4


def test_a_need_names_each_skill_once_and_aims_above_the_learner() -> None:
    assert [(one.skill, one.target) for one in NEED.skills] == [(PYTHON, 5), (SQL, 3)]


def test_who_told_no_hours_has_any() -> None:
    assert NEED.availability.bit_count() == 672
