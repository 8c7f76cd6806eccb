"""Nothing the matcher says is taken on trust: what must hold of an answer, holds or it is refused."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from skillbridge.adapters.matcher.client import MatcherGarbled
from skillbridge.adapters.matcher.wire import (
    AssignOut,
    FairnessOut,
    RankOut,
    SuggestionOut,
    fairness_from,
    score_from,
)
from skillbridge.application.cohorts.ports import Assignment, Placement
from skillbridge.application.ranking.ports.ranker import Source
from skillbridge.domain.cohorts.assignment import USUALLY, AssignOptions, gap_between
from skillbridge.domain.cohorts.fairness import Fairness, fairness
from skillbridge.domain.ids import UserId
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import USUAL, Score, Weights, in_order


def ranking(answer: RankOut, need: Need, k: int, weights: Weights = USUAL) -> tuple[Score, ...]:
    """The suggestions, at most `k`, in order, each once; raises MatcherGarbled otherwise."""
    scores = tuple(_score(said, need, weights) for said in answer.suggestions)
    _demand(len(scores) <= k, "more mentors than asked for")
    ordered = all(in_order(one) < in_order(other) for one, other in pairwise(scores))
    _demand(ordered, "mentors out of order")
    _demand(len({score.mentor_id for score in scores}) == len(scores), "a mentor twice")
    return scores


def assignment(
    answer: AssignOut, needs: Sequence[Need], options: AssignOptions = USUALLY
) -> Assignment:
    """Every learner accounted for once, sums right; raises MatcherGarbled otherwise."""
    asked = {need.learner_id: need for need in needs}
    named = [pair.learner_id for pair in answer.pairs]
    named += answer.without_candidates + answer.without_place
    _demand(len(named) == len(asked) and set(named) == set(asked), "learners missing or invented")
    weights = options.weights or USUAL
    placements = tuple(
        Placement(
            UserId(pair.learner_id), _score(pair.mentor, asked[UserId(pair.learner_id)], weights)
        )
        for pair in answer.pairs
    )
    objective = sum(placement.mentor.total for placement in placements)
    _demand(objective == answer.objective, "a sum that does not add up")
    _demand(objective <= answer.bound, "a bound below its own sum")
    _demand(not answer.optimal or objective == answer.bound, "a proof that proves nothing")
    without_candidates = tuple(map(UserId, answer.without_candidates))
    return Assignment(
        placements=placements,
        without_candidates=without_candidates,
        without_place=tuple(map(UserId, answer.without_place)),
        objective=objective,
        bound=answer.bound,
        gap_ppm=gap_between(objective, answer.bound),
        optimal=answer.optimal,
        scope=answer.scope,
        answered_by=answer.answered_by,
        hurried=answer.hurried,
        rounds=answer.rounds,
        blocking_pairs=answer.blocking_pairs,
        fairness=_fairness(answer.fairness, needs, placements, len(without_candidates)),
        version=answer.version,
        degraded=False,
        source=Source.MATCHER,
    )


def _fairness(
    said: FairnessOut, needs: Sequence[Need], placements: Sequence[Placement], nobody: int
) -> Fairness:
    """Counted again, but for the loads: who stood on the lists is known to the matcher alone."""
    told = fairness_from(said)
    totals = {placement.learner_id: placement.mentor.total for placement in placements}
    counted = fairness(needs, totals, (), without_candidates=nobody)
    _demand(replace(counted, gini_load=told.gini_load) == told, "a fairness that was not")
    return told


def _score(said: SuggestionOut, need: Need, weights: Weights = USUAL) -> Score:
    score = score_from(said)
    _demand(sum(score.terms.values()) == score.total, "terms that do not sum to the total")
    within = all(points <= getattr(weights, term) for term, points in score.terms.items())
    _demand(within, "a term above its weight")
    _demand(not need.blocks(score.mentor_id), "a mentor whom the learner excluded")
    return score


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise MatcherGarbled(f"the matcher named {otherwise}")
