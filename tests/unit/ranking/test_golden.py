"""The golden files of the matcher: Python gives the same answers as Rust, bit for bit."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.support.given.mentors import a_need, user

from skillbridge.adapters.matcher.sharing import share
from skillbridge.adapters.matcher.wire import (
    CandidateIn,
    FairnessOut,
    NeedIn,
    SuggestionOut,
    candidate_in,
    fairness_from,
    need_in,
    score_from,
)
from skillbridge.domain.cohorts.fairness import fairness, load
from skillbridge.domain.ids import UserId
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.countries import TABLE, nearness
from skillbridge.domain.ranking.digest import pool_digest, written
from skillbridge.domain.ranking.need import Need, Wanted
from skillbridge.domain.ranking.score import Weights, rank

pytestmark = pytest.mark.row("G2", "G3")

MATCHER = Path(__file__).parents[3] / "matcher-rs"


class Ranking(msgspec.Struct):
    name: str
    need: NeedIn
    candidates: list[CandidateIn]
    weights: dict[str, int] | None
    k: int
    expected: list[SuggestionOut]


class Learner(msgspec.Struct):
    country: str
    language: str
    has_candidates: bool
    score: int | None


class Evenness(msgspec.Struct):
    """Of each mentor the places assigned, and the places there."""

    name: str
    learners: list[Learner]
    mentors: list[tuple[int, int]]
    expected: FairnessOut


class Assignment(msgspec.Struct):
    name: str
    needs: list[NeedIn]
    candidates: list[CandidateIn]
    optimal: int
    greedy: int


class Content(msgspec.Struct):
    name: str
    candidates: list[CandidateIn]
    weights: dict[str, int] | None
    expected: str


def golden(name: str, kind: Any) -> Any:
    return msgspec.json.decode((MATCHER / "golden" / name).read_bytes(), type=kind)


def candidate(said: CandidateIn) -> Candidate:
    facts = msgspec.structs.asdict(said)
    facts["languages"] = frozenset(said.languages)
    facts["availability"] = int(said.availability, 16)
    return Candidate(**facts)


def need(said: NeedIn) -> Need:
    wishes = msgspec.structs.asdict(said)
    wishes["skills"] = tuple(Wanted(one.skill, one.target, one.weight) for one in said.skills)
    wishes["languages"] = tuple(said.languages)
    wishes["availability"] = int(said.availability, 16)
    wishes["blocked"] = frozenset(map(UserId, said.blocked))
    return Need(**wishes)


@pytest.mark.parametrize("case", golden("rank.json", list[Ranking]), ids=lambda case: case.name)
def test_rankings_are_as_written(case: Ranking) -> None:
    weights = Weights(**(case.weights or {}))
    mentors = [candidate(said) for said in case.candidates]
    expected = tuple(score_from(said) for said in case.expected)
    assert rank(need(case.need), mentors, case.k, weights) == expected


@pytest.mark.parametrize(
    "case", golden("assign.json", list[Assignment]), ids=lambda case: case.name
)
def test_greedy_cohorts_are_as_written(case: Assignment) -> None:
    shared = share([need(said) for said in case.needs], map(candidate, case.candidates))
    assert shared.objective == case.greedy <= case.optimal
    assert shared.optimal <= (shared.objective == case.optimal)


@pytest.mark.parametrize("case", golden("digest.json", list[Content]), ids=lambda case: case.name)
def test_digests_are_as_written(case: Content) -> None:
    weights = Weights(**(case.weights or {}))
    assert written(pool_digest(map(candidate, case.candidates), weights)) == case.expected


@pytest.mark.parametrize(
    "case", golden("fairness.json", list[Evenness]), ids=lambda case: case.name
)
def test_fairness_is_as_written(case: Evenness) -> None:
    needs = [
        a_need(
            number,
            country=learner.country or None,
            languages=(learner.language,) if learner.language else (),
        )
        for number, learner in enumerate(case.learners)
    ]
    totals = {
        user(number): learner.score
        for number, learner in enumerate(case.learners)
        if learner.score is not None
    }
    loads = [load(assigned, places) for assigned, places in case.mentors]
    nobody = sum(not learner.has_candidates for learner in case.learners)
    found = fairness(needs, totals, loads, without_candidates=nobody)
    assert found == fairness_from(case.expected)


def test_nearness_is_as_written() -> None:
    for here, others in golden("nearness.json", dict[str, dict[str, int]]).items():
        assert {there: nearness(here, there) for there in others} == others


def test_both_languages_hold_the_same_table_of_countries() -> None:
    assert (MATCHER / "core" / "data" / "countries.txt").read_text(encoding="utf-8") == TABLE


def test_what_is_written_to_the_wire_can_be_read_back() -> None:
    for case in golden("rank.json", list[Ranking]):
        assert need(need_in(need(case.need))) == need(case.need)
        for said in case.candidates:
            assert candidate(candidate_in(candidate(said))) == candidate(said)
