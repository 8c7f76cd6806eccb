"""The rules of the score."""

from dataclasses import astuple, replace
from itertools import pairwise
from math import asin, exp
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.given.mentors import (
    A_MENTOR,
    A_NEED,
    COUNTRIES,
    PYTHON,
    a_mentor,
    a_need,
    mentors,
    needs,
    suitable_pairs,
    user,
)

from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import SkillId
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.countries import DECAY, PLACES, nearness
from skillbridge.domain.ranking.need import Need, Wanted
from skillbridge.domain.ranking.score import TERMS, USUAL, Score, Weights, in_order, rank, score

SLOTS = 672

pytestmark = pytest.mark.row("G2", "G3")


def found(need: Need, mentor: Candidate, weights: Weights = USUAL) -> Score:
    result = score(need, mentor, weights)
    assert result is not None
    return result


@pytest.mark.row("Z3")
@given(suitable_pairs())
def test_the_terms_sum_to_the_total_and_none_exceeds_its_weight(
    pair: tuple[Need, Candidate],
) -> None:
    result = found(*pair)
    assert tuple(result.terms) == TERMS
    assert sum(result.terms.values()) == result.total <= 10_000
    for points, weight in zip(result.terms.values(), astuple(USUAL), strict=True):
        assert 0 <= points <= weight


@given(suitable_pairs(), st.data())
def test_a_higher_level_never_lowers_the_score(
    pair: tuple[Need, Candidate], data: st.DataObject
) -> None:
    need, mentor = pair
    skill = data.draw(st.sampled_from(sorted(mentor.skills)))
    better = {**mentor.skills, skill: data.draw(st.integers(mentor.skills[skill], 10))}
    assert found(need, replace(mentor, skills=better)).total >= found(need, mentor).total


@given(suitable_pairs())
def test_more_free_places_reviews_of_five_stars_and_months_never_lower_the_score(
    pair: tuple[Need, Candidate],
) -> None:
    need, mentor = pair
    for better in (
        replace(mentor, experience_months=mentor.experience_months + 1),
        replace(mentor, rating_sum=mentor.rating_sum + 5, rating_count=mentor.rating_count + 1),
        replace(mentor, capacity=mentor.capacity + 1),
    ):
        assert found(need, better).total >= found(need, mentor).total


def test_the_best_possible_mentor_has_the_whole_score() -> None:
    mentor = a_mentor(rating_sum=500_000, rating_count=100_000, experience_months=60)
    assert found(a_need(), mentor).total == 10_000 - 1, "five stars for ever stay a hair below"


def test_perfect_skills_have_the_whole_weight_however_many_they_are() -> None:
    wanted = tuple(
        Wanted(SkillId(name), 3, weight) for name, weight in zip("abc", (7, 1, 3), strict=True)
    )
    mentor = a_mentor(skills={skill.skill: 10 for skill in wanted})
    assert found(a_need(skills=wanted), mentor).terms["skill"] == USUAL.skill


@pytest.mark.parametrize(
    ("learner", "mentor"),
    [
        ({}, {"skills": {}}),
        ({}, {"skills": {SkillId("go"): 10}}),
        ({}, {"languages": frozenset({"fr"})}),
        ({"languages": ()}, {}),
        ({"availability": 0b1111}, {"availability": 0b11000}),
        ({}, {"capacity": 0}),
        ({}, {"taken": 2}),
        ({}, {"taken": 3}),
        ({"blocked": frozenset({A_MENTOR.id})}, {}),
        ({"learner_id": A_MENTOR.id}, {}),
        ({}, {"consents": False}),
        ({"minor": True}, {}),
    ],
)
def test_a_hard_rule_leaves_no_score(learner: dict[str, Any], mentor: dict[str, Any]) -> None:
    assert score(replace(A_NEED, **learner), replace(A_MENTOR, **mentor)) is None
    assert score(A_NEED, A_MENTOR) is not None


def test_a_minor_is_shown_mentors_who_may_mentor_minors_as_anyone_is() -> None:
    may = a_mentor(minors=True)
    assert score(a_need(minor=True), may) == score(a_need(), may) is not None


def test_an_hour_in_common_is_enough_to_meet() -> None:
    assert (
        found(a_need(availability=0xFF), a_mentor(availability=0xF0)).terms["availability"] == 1_000
    )


def test_the_preferred_language_counts_in_full_and_others_six_tenths() -> None:
    need = a_need(languages=("fr", "en"))
    assert found(need, a_mentor(languages=frozenset({"en", "fr"}))).terms["language"] == 1_000
    assert found(need, a_mentor(languages=frozenset({"en"}))).terms["language"] == 600


def test_one_review_moves_little_and_none_stands_at_the_prior() -> None:
    def rating(stars: int, reviews: int) -> int:
        mentor = a_mentor(rating_sum=stars, rating_count=reviews)
        return found(A_NEED, mentor).terms["rating"]

    assert (rating(0, 0), rating(5, 1), rating(1, 1)) == (800, 833, 666)


@given(COUNTRIES, COUNTRIES)
def test_nearness_is_the_same_from_both_sides(one: str | None, other: str | None) -> None:
    assert 0 <= nearness(one, other) == nearness(other, one) <= 10_000


@given(suitable_pairs(), st.integers(-720, 840), st.integers(-720, 840))
def test_the_difference_in_hours_is_the_same_from_both_sides(
    pair: tuple[Need, Candidate], here: int, there: int
) -> None:
    need, mentor = pair
    there_and_back = [
        found(replace(need, utc_offset=a), replace(mentor, utc_offset=b)).terms["location"]
        for a, b in ((here, there), (there, here))
    ]
    assert there_and_back[0] == there_and_back[1]


def test_hours_go_round_the_day() -> None:
    """UTC+14 and UTC-10 read the same clock on different dates."""
    need = a_need(country=None, utc_offset=840)
    assert found(need, a_mentor(utc_offset=-600)).terms["location"] == 400


def test_the_table_of_decay_is_the_formula() -> None:
    radius, scale = 6371, 4000
    for step, decay in enumerate(DECAY):
        chord = 100 * step + 50
        surface = 2 * radius * asin(min(1, chord / (2 * radius)))
        assert decay == round(10_000 * exp(-surface / scale))


def test_every_place_stands_on_the_surface_of_the_earth() -> None:
    for place in PLACES.values():
        assert abs(sum(part * part for part in place.at) ** 0.5 - 6371) < 2
    assert len(PLACES) == 247


@given(
    st.lists(mentors(), max_size=30, unique_by=lambda mentor: mentor.id), needs(), st.integers(1, 8)
)
def test_a_rank_is_the_head_of_all_scores_in_order(
    candidates: list[Candidate], need: Need, k: int
) -> None:
    scores = [result for mentor in candidates if (result := score(need, mentor)) is not None]
    assert list(rank(need, candidates, k)) == sorted(scores, key=in_order)[:k]


def test_equal_totals_go_by_id() -> None:
    ranked = rank(A_NEED, [a_mentor(number) for number in (2**127, 30, 4, 20)], 3)
    assert [score.mentor_id for score in ranked] == [user(4), user(20), user(30)]
    assert all(in_order(one) < in_order(other) for one, other in pairwise(ranked))


@pytest.mark.parametrize("change", [{"skill": 4_001}, {"free": -1, "experience": 1_001}])
def test_weights_make_the_whole(change: dict[str, int]) -> None:
    with pytest.raises(Invalid, match="10000"):
        Weights(**change)


@pytest.mark.parametrize(
    "facts",
    [
        {"skills": {PYTHON: 0}},
        {"skills": {PYTHON: 11}},
        {"skills": {SkillId(""): 1}},
        {"skills": {SkillId("é" * 33): 1}},
        {"skills": {SkillId(str(n)): 1 for n in range(257)}},
        {"languages": frozenset({""})},
        {"languages": frozenset(str(n) for n in range(65))},
        {"country": "ng"},
        {"country": "NGA"},
        {"utc_offset": 841},
        {"availability": 1 << SLOTS},
        {"capacity": 1_001},
        {"taken": -1},
        {"rating_count": 1, "rating_sum": 6},
        {"rating_count": 1_000_001, "rating_sum": 1_000_001},
        {"experience_months": 1_201},
    ],
)
def test_facts_out_of_bounds_are_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        replace(A_MENTOR, **facts)
    assert refused.value.field in facts


@pytest.mark.parametrize(
    "wishes",
    [
        {"skills": ()},
        {"skills": (Wanted(PYTHON, 1), Wanted(PYTHON, 2))},
        {"skills": tuple(Wanted(SkillId(str(n)), 1) for n in range(33))},
        {"slots_needed": 0},
        {"slots_needed": SLOTS + 1},
        {"blocked": frozenset(user(n) for n in range(10_001))},
        {"utc_offset": -721},
    ],
)
def test_wishes_out_of_bounds_are_refused(wishes: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        replace(A_NEED, **wishes)
    assert refused.value.field in wishes


@pytest.mark.parametrize(("target", "weight"), [(0, 1), (11, 1), (1, 0), (1, 101)])
def test_a_wanted_skill_out_of_bounds_is_refused(target: int, weight: int) -> None:
    with pytest.raises(Invalid):
        Wanted(PYTHON, target, weight)
