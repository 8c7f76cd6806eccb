"""Sharing a cohort in Python: greed, stability, bounds and fairness."""

from collections import Counter
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.given.mentors import a_mentor, a_need, mentors, needs, user

from skillbridge.adapters.matcher.sharing import (
    Pairs,
    Table,
    blocking_pairs,
    liking,
    share,
    share_greedily,
    share_stably,
    upper_bound,
)
from skillbridge.domain.cohorts.assignment import USUALLY, AssignMode, AssignOptions
from skillbridge.domain.cohorts.fairness import Group, fairness, gini, load
from skillbridge.domain.ids import UserId
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import Score, Weights, score

pytestmark = pytest.mark.row("G2", "G3")

STABLE = AssignOptions(mode=AssignMode.STABLE)
TERMS = ("skill", "availability", "language", "location", "rating", "free", "experience")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Learners' lists with scores and likings of any kind, ties among them."""
    guides = draw(st.lists(st.integers(10, 14).map(user), unique=True))
    lists = {}
    for number in draw(st.permutations(range(1, 1 + draw(st.integers(0, 5))))):
        named = draw(st.lists(st.sampled_from(guides), unique=True)) if guides else []
        scores = [_scored(draw, guide) for guide in named]
        lists[user(number)] = sorted(scores, key=lambda one: (-one.total, one.mentor_id.int))
    on_lists = {one.mentor_id for scores in lists.values() for one in scores}
    return Table(lists, {guide: draw(st.integers(1, 2)) for guide in sorted(on_lists)})


def _scored(draw: st.DrawFn, guide: UserId) -> Score:
    skill, location = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    terms = {**dict.fromkeys(TERMS, 0), "skill": skill, "location": location}
    return Score(guide, skill + location, terms)


def all_pairings(table: Table) -> Sequence[Pairs]:
    """Every way to give learners somebody of their list, or nobody, within the places."""
    choices = [(None, *scores) for scores in table.lists.values()]
    found = []
    for chosen in product(*choices):
        pairs = {
            learner: one
            for learner, one in zip(table.lists, chosen, strict=True)
            if one is not None
        }
        filled = Counter(one.mentor_id for one in pairs.values())
        if all(number <= table.places[guide] for guide, number in filled.items()):
            found.append(pairs)
    return found


def worth(pairs: Pairs) -> int:
    return sum(one.total for one in pairs.values())


def blocks(table: Table, pairs: Pairs, learner: UserId, one: Score) -> bool:
    """By the definition: both would rather have each other."""
    mine = pairs.get(learner)
    if mine is not None and (-mine.total, mine.mentor_id.int) <= (-one.total, one.mentor_id.int):
        return False
    held = [
        liking(other, score) for other, score in pairs.items() if score.mentor_id == one.mentor_id
    ]
    return len(held) < table.places[one.mentor_id] or min(held) < liking(learner, one)


def naive_blocking(table: Table, pairs: Pairs) -> int:
    return sum(
        blocks(table, pairs, learner, one)
        for learner, scores in table.lists.items()
        for one in scores
    )


@given(tables())
@settings(max_examples=150)
def test_a_stable_sharing_has_no_blocking_pair_and_is_the_learners_best(table: Table) -> None:
    pairs = share_stably(table)
    possible = all_pairings(table)
    assert pairs in possible
    assert blocking_pairs(table, pairs) == naive_blocking(table, pairs) == 0
    for other in possible:
        if not naive_blocking(table, other):
            assert other.keys() == pairs.keys(), "who is placed, is placed in all of them"
            for learner, mine in pairs.items():
                theirs = other[learner]
                mine_first = (-mine.total, mine.mentor_id.int)
                assert mine_first <= (-theirs.total, theirs.mentor_id.int)


@given(tables())
@settings(max_examples=150)
def test_greed_keeps_to_the_places_and_nothing_exceeds_the_bound(table: Table) -> None:
    pairs, possible = share_greedily(table), all_pairings(table)
    assert pairs in possible
    best = max(map(worth, possible))
    assert 2 * worth(pairs) >= best, "at least half (Avis 1983)"
    assert best <= upper_bound(table)
    assert blocking_pairs(table, pairs) == naive_blocking(table, pairs)


@given(
    st.lists(mentors(), max_size=8, unique_by=lambda mentor: mentor.id),
    st.integers(0, 5).flatmap(lambda size: st.tuples(*(needs(number) for number in range(size)))),
    st.sampled_from([*AssignMode]),
)
@settings(max_examples=100)
def test_every_answer_accounts_for_everyone(
    candidates: list[Candidate], learners: tuple[Need, ...], mode: AssignMode
) -> None:
    cohort = share(learners, candidates, AssignOptions(mode=mode, k=3), version=9)
    assert (cohort.version, cohort.scope) == (9, "lists")
    assert cohort.optimal == (cohort.objective == cohort.bound) == (cohort.gap_ppm == 0)
    fair = cohort.fairness
    assert fair is not None
    assert fair.learners == len(learners) == len(cohort.placements) + fair.unassigned
    assert fair.unassigned == len(cohort.without_candidates) + len(cohort.without_place)
    for groups in (fair.by_country, fair.by_language):
        assert sum(group.learners for group in groups) == fair.learners
        assert sum(group.unassigned for group in groups) == fair.unassigned
        assert [group.key for group in groups] == sorted({group.key for group in groups})


def test_mentors_like_by_what_the_two_can_do_together() -> None:
    """The first learner scores higher by nearness, the second by the common language."""
    guide = a_mentor(10, capacity=1, languages=frozenset({"en", "fr"}))
    near = a_need(1, languages=("sw", "en"))
    far = a_need(2, country="JP", utc_offset=540)
    near_score, far_score = score(near, guide), score(far, guide)
    assert near_score is not None
    assert far_score is not None
    assert near_score.total > far_score.total
    assert share([near, far], [guide]).placements[0].learner_id == user(1)
    stable = share([near, far], [guide], STABLE)
    assert stable.placements[0].learner_id == user(2)
    assert (stable.answered_by, stable.blocking_pairs) == (AssignMode.STABLE, 0)


def test_the_list_and_the_weights_are_as_asked() -> None:
    guides = [a_mentor(number, capacity=1) for number in range(10, 14)]
    learners = [a_need(1), a_need(2)]
    assert len(share(learners, guides, AssignOptions(k=1)).placements) == 1
    assert len(share(learners, guides, USUALLY).placements) == 2
    all_skill = Weights(
        skill=10_000, availability=0, language=0, location=0, rating=0, free=0, experience=0
    )
    (one,) = share([a_need(1)], guides, AssignOptions(weights=all_skill)).placements
    assert (one.mentor.total, one.mentor.terms["skill"]) == (10_000, 10_000)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([7] * 9, 0),
        ([0, 0, 0, 5], 7_500),
        ([1, 3], 2_500),
        ([], 0),
        ([0] * 4, 0),
        ([0] * 99_999 + [10_000], 9_999),
    ],
)
def test_gini_is_as_in_the_matcher(values: list[int], expected: int) -> None:
    assert gini(values) == expected


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40))
def test_gini_is_half_the_mean_difference(values: list[int]) -> None:
    """As Gini defined it: the mean absolute difference over twice the mean."""
    apart = sum(abs(one - other) for one in values for other in values)
    everything = 2 * len(values) * sum(values)
    assert gini(sorted(values)) == (10_000 * apart // everything if everything else 0)


def test_loads_round_down_and_survive_no_places() -> None:
    assert (load(1, 3), load(3, 3), load(0, 0)) == (3_333, 10_000, 0)


def test_fairness_with_known_answers() -> None:
    learners = [a_need(number) for number in range(1, 41)]
    learners += [a_need(41, country=None, languages=("fr", "en")), a_need(42, country="KE")]
    totals = {user(number): number * 100 for number in range(1, 41)}
    found = fairness(learners, totals, [10_000, 0], without_candidates=1)
    assert (found.minimum, found.fifth_percentile, found.mean) == (100, 200, 2_050)
    assert (found.learners, found.unassigned, found.without_candidates) == (42, 2, 1)
    assert found.gini_load == 5_000
    assert found.by_country == (Group("", 1, 1), Group("KE", 1, 1), Group("NG", 40, 0))
    assert found.by_language == (Group("en", 41, 1), Group("fr", 1, 1))
    nobody = fairness([], {}, [], without_candidates=0)
    assert (nobody.minimum, nobody.fifth_percentile, nobody.mean, nobody.gini_score) == (0,) * 4
