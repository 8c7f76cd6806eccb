"""Sharing a cohort among mentors in Python: by greed, or stably (Gale and Shapley 1962).

Both go by the learners' lists of best mentors. A learner prefers the higher score, equal ones by
the mentor's id; a mentor prefers the higher `own_value`, equal ones by the learner's id.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappush, heappushpop

from skillbridge.application.cohorts.ports import Assignment, Placement
from skillbridge.application.ranking.ports.ranker import Source
from skillbridge.domain.cohorts.assignment import USUALLY, AssignMode, AssignOptions, gap_between
from skillbridge.domain.cohorts.fairness import fairness, load
from skillbridge.domain.ids import UserId
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import MOST_RANKED, USUAL, Score, rank

LIST_LENGTH = 32
"""Mentors each learner of a cohort may get, as in the matcher."""

Lists = Mapping[UserId, Sequence[Score]]
Pairs = Mapping[UserId, Score]


@dataclass(frozen=True, slots=True)
class Table:
    """Each learner's best mentors, and the free places of everyone who is on a list."""

    lists: Lists
    places: Mapping[UserId, int]

    @classmethod
    def of(
        cls, needs: Sequence[Need], mentors: Iterable[Candidate], options: AssignOptions
    ) -> "Table":
        everyone = tuple(mentors)
        longest = MOST_RANKED if options.mode is AssignMode.STABLE else LIST_LENGTH
        weights = options.weights or USUAL
        lists = {
            need.learner_id: rank(need, everyone, options.k or longest, weights) for need in needs
        }
        named = {score.mentor_id for scores in lists.values() for score in scores}
        return cls(lists, {mentor.id: mentor.free for mentor in everyone if mentor.id in named})


def share(
    needs: Sequence[Need],
    mentors: Iterable[Candidate],
    options: AssignOptions = USUALLY,
    *,
    version: int = 0,
) -> Assignment:
    """Stably where that was asked for, by greed otherwise; `bound` is simple but valid."""
    table = Table.of(needs, mentors, options)
    stable = options.mode is AssignMode.STABLE
    pairs = share_stably(table) if stable else share_greedily(table)
    objective = sum(score.total for score in pairs.values())
    bound = max(objective, upper_bound(table))
    nobody = tuple(learner for learner, scores in table.lists.items() if not scores)
    totals = {learner: score.total for learner, score in pairs.items()}
    return Assignment(
        placements=tuple(
            Placement(learner, pairs[learner]) for learner in table.lists if learner in pairs
        ),
        without_candidates=nobody,
        without_place=tuple(
            learner for learner, scores in table.lists.items() if scores and learner not in pairs
        ),
        objective=objective,
        bound=bound,
        gap_ppm=gap_between(objective, bound),
        optimal=objective == bound,
        scope="lists",
        answered_by=AssignMode.STABLE if stable else AssignMode.GREEDY,
        blocking_pairs=blocking_pairs(table, pairs),
        fairness=fairness(needs, totals, _loads(table, pairs), without_candidates=len(nobody)),
        version=version,
        degraded=False,
        source=Source.FALLBACK,
    )


def share_greedily(table: Table) -> Pairs:
    """Pairs by falling score, equal ones by learner and mentor, while both are free."""
    pairs = [(learner, score) for learner, scores in table.lists.items() for score in scores]
    pairs.sort(key=lambda pair: (-pair[1].total, pair[0].int, pair[1].mentor_id.int))
    left = dict(table.places)
    placed: dict[UserId, Score] = {}
    for learner, score in pairs:
        if learner not in placed and left[score.mentor_id] > 0:
            left[score.mentor_id] -= 1
            placed[learner] = score
    return placed


def share_stably(table: Table) -> Pairs:
    """Learners propose down their lists; a full mentor keeps the best of those who have asked.

    The result is the same in whatever order they ask.
    """
    asking = [(learner, 0) for learner in table.lists]
    held: dict[UserId, list[tuple[int, int, UserId, int]]] = {one: [] for one in table.places}
    while asking:
        learner, place = asking.pop()
        if place == len(table.lists[learner]):
            continue
        score = table.lists[learner][place]
        keeps = held[score.mentor_id]
        offer = (*liking(learner, score), learner, place)
        if len(keeps) < table.places[score.mentor_id]:
            heappush(keeps, offer)
            continue
        _, _, refused, at = heappushpop(keeps, offer)
        asking.append((refused, at + 1))
    return {
        learner: table.lists[learner][place]
        for keeps in held.values()
        for _, _, learner, place in keeps
    }


def own_value(score: Score) -> int:
    """A mentor's own score of a learner: what the two can do together.

    Nearness is the learner's comfort; stars, free places and experience speak of the mentor, alike
    to every learner.
    """
    return score.terms["skill"] + score.terms["availability"] + score.terms["language"]


def liking(learner: UserId, score: Score) -> tuple[int, int]:
    """How much a mentor likes a learner; more is better."""
    return own_value(score), -learner.int


def upper_bound(table: Table) -> int:
    """Nobody gets more than their best mentor, nor a mentor better learners than the best ones."""
    by_learner = sum(scores[0].total for scores in table.lists.values() if scores)
    wished: dict[UserId, list[int]] = {one: [] for one in table.places}
    for scores in table.lists.values():
        for score in scores:
            wished[score.mentor_id].append(score.total)
    by_mentor = sum(
        sum(sorted(totals, reverse=True)[: table.places[mentor]])
        for mentor, totals in wished.items()
    )
    return min(by_learner, by_mentor)


def blocking_pairs(table: Table, pairs: Pairs) -> int:
    """Learners and mentors on their lists who would both rather have each other."""
    taken: dict[UserId, list[tuple[int, int]]] = {one: [] for one in table.places}
    for learner, score in pairs.items():
        taken[score.mentor_id].append(liking(learner, score))
    worst = {mentor: min(held) for mentor, held in taken.items() if held}
    number = 0
    for learner, scores in table.lists.items():
        for score in scores:
            if learner in pairs and pairs[learner] == score:
                break
            mentor = score.mentor_id
            free = len(taken[mentor]) < table.places[mentor]
            number += free or liking(learner, score) > worst[mentor]
    return number


def _loads(table: Table, pairs: Pairs) -> list[int]:
    filled = Counter(score.mentor_id for score in pairs.values())
    return [load(filled[mentor], places) for mentor, places in table.places.items()]
