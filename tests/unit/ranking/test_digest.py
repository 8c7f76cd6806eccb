"""One number for what a pool holds."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.given.mentors import A_MENTOR, a_mentor, mentors

from skillbridge.domain.ids import SkillId
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.digest import changed_digest, mentor_digest, pool_digest, written
from skillbridge.domain.ranking.score import Weights

MODULUS = 1 << 64

pytestmark = pytest.mark.row("G3")

POOLS = st.lists(mentors(), max_size=8, unique_by=lambda mentor: mentor.id)


@given(POOLS.flatmap(lambda pool: st.tuples(st.just(pool), st.permutations(pool))))
def test_the_order_does_not_matter(pools: tuple[list[Candidate], list[Candidate]]) -> None:
    pool, shuffled = pools
    assert pool_digest(pool) == pool_digest(shuffled) < MODULUS


@given(POOLS, POOLS)
def test_what_changed_is_all_that_has_to_be_known(
    before: list[Candidate], after: list[Candidate]
) -> None:
    gone, come = map(mentor_digest, before), map(mentor_digest, after)
    assert changed_digest(pool_digest(before), gone, come) == pool_digest(after)


@pytest.mark.parametrize(
    "change",
    [
        {"id": a_mentor(11).id},
        {"skills": {SkillId("python"): 4}},
        {"skills": {SkillId("pytho"): 5, SkillId("n"): 5}},
        {"languages": frozenset({"en", "fr"})},
        {"country": None},
        {"utc_offset": -60},
        {"availability": 1},
        {"capacity": 3},
        {"taken": 1},
        {"rating_sum": 5, "rating_count": 1},
        {"rating_sum": 4, "rating_count": 1},
        {"experience_months": 13},
        {"consents": False},
        {"minors": True},
    ],
)
def test_every_fact_counts(change: dict[str, Any]) -> None:
    assert mentor_digest(replace(A_MENTOR, **change)) != mentor_digest(A_MENTOR)


def test_the_weights_count_and_nobody_is_not_nothing() -> None:
    other = Weights(skill=3_999, availability=2_001)
    assert len({0, pool_digest([]), pool_digest([], other)}) == 3


def test_it_is_written_in_sixteen_digits() -> None:
    assert written(10) == "000000000000000a"
