"""How well a mentor suits a learner, with the reasons.

    total        = skill + availability + language + location + rating + free + experience
    skill        = sum of p_s x min(level, target) / target    p_s: the weight, shared among the
                                                               wanted skills in name order
    availability = w x min(common, needed) / needed            in quarter hours
    language     = w for the preferred language, w x 6 / 10 for another one
    location     = w x (6 x nearness + 4 x hours) / 10         hours: 1 - difference / 8 h, at least 0
    rating       = w x (mean stars - 1) / 4                    as if five reviews of 4.2 came before
    free         = w x free places / places
    experience   = w x min(months, 60) / 60

Whole numbers only: each division rounds down, each share is first made in basis points, and the
total is the sum of the terms, so the terms always explain it. The Rust matcher computes the same,
bit for bit; `matcher-rs/golden` holds both to it. No score at all: no wanted skill, no common
language, less than an hour in common, no free place, blocked, no consent to be matched, or a
minor with a mentor who may not mentor minors.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass
from heapq import nsmallest

from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.ranking.availability import DAY_MINUTES, overlap
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.countries import WHOLE, nearness
from skillbridge.domain.ranking.need import Need

LEAST_OVERLAP = 4
"""Two people who share fewer quarter hours cannot meet for an hour."""
HOURS_LOST = 8 * 60
"""Minutes of difference in local time at which common hours are lost."""
MOST_RANKED = 100
"""Mentors in one ranking."""
TERMS = ("skill", "availability", "language", "location", "rating", "free", "experience")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Basis points per term, making 10 000 together; raises Invalid when they do not.

    The usual ones are reasoned in line with published programmes, not fitted to outcomes.
    """

    skill: int = 4_000
    availability: int = 2_000
    language: int = 1_000
    location: int = 1_000
    rating: int = 1_000
    free: int = 700
    experience: int = 300

    def __post_init__(self) -> None:
        parts = astuple(self)
        if sum(parts) != WHOLE or min(parts) < 0:
            raise Invalid(f"the weights are not below 0 and sum to {WHOLE}", field="weights")


USUAL = Weights()


@dataclass(frozen=True, slots=True)
class Score:
    """One mentor's score for one learner; `terms` sum to `total`."""

    mentor_id: UserId
    total: int
    terms: Mapping[str, int]


def score(need: Need, candidate: Candidate, weights: Weights = USUAL) -> Score | None:
    """The score of one mentor, or None when a hard rule excludes the pair."""
    return scorer(need, weights)(candidate)


def rank(
    need: Need, candidates: Iterable[Candidate], k: int, weights: Weights = USUAL
) -> tuple[Score, ...]:
    """The `k` best, highest total first, equal totals by id; raises Invalid for another `k`."""
    check_length(k)
    score_of = scorer(need, weights)
    scores = (found for candidate in candidates if (found := score_of(candidate)) is not None)
    return tuple(nsmallest(k, scores, key=in_order))


def check_length(k: int) -> None:
    """Raises Invalid unless `k` is 1 to `MOST_RANKED`."""
    if not 1 <= k <= MOST_RANKED:
        raise Invalid(f"ask for 1 to {MOST_RANKED} mentors", field="k")


def in_order(found: Score) -> tuple[int, int]:
    """The total order of scores: highest first, equal ones by id."""
    return -found.total, found.mentor_id.int


def scorer(need: Need, weights: Weights = USUAL) -> Callable[[Candidate], Score | None]:
    """`score` made ready for many candidates."""
    worth = _shared_out(need, weights.skill)

    def score_of(candidate: Candidate) -> Score | None:
        if candidate.free == 0 or need.excludes(candidate):
            return None
        skill = _skill(worth, candidate)
        common = overlap(need.availability, candidate.availability)
        language = _language(need, candidate, weights.language)
        if skill is None or language is None or common < LEAST_OVERLAP:
            return None
        parts = (
            skill,
            weights.availability * min(common, need.slots_needed) // need.slots_needed,
            language,
            weights.location * _location(need, candidate) // WHOLE,
            weights.rating * candidate.rating_share // WHOLE,
            weights.free * candidate.free_share // WHOLE,
            weights.experience * candidate.experience_share // WHOLE,
        )
        return Score(candidate.id, sum(parts), dict(zip(TERMS, parts, strict=True)))

    return score_of


def _skill(worth: Iterable[tuple[SkillId, int, int]], candidate: Candidate) -> int | None:
    levels = candidate.skills
    met = [
        points * min(levels[skill], target) // target
        for skill, target, points in worth
        if skill in levels
    ]
    return sum(met) if met else None


def _language(need: Need, candidate: Candidate, weight: int) -> int | None:
    for place, language in enumerate(need.languages):
        if language in candidate.languages:
            return weight if place == 0 else weight * 6 // 10
    return None


def _location(need: Need, candidate: Candidate) -> int:
    apart = abs(need.utc_offset - candidate.utc_offset)
    apart = min(apart, abs(DAY_MINUTES - apart))
    hours = max(0, HOURS_LOST - apart) * WHOLE // HOURS_LOST
    return (6 * nearness(need.country, candidate.country) + 4 * hours) // 10


def _shared_out(need: Need, whole: int) -> list[tuple[SkillId, int, int]]:
    """Skill, target and points: `whole` shared by weight so that the parts sum to it exactly.

    Each part is what the running total, rounded down, grew by; skills in the order of their names.
    """
    everything = sum(wanted.weight for wanted in need.skills)
    running = given = 0
    shares = []
    for wanted in sorted(need.skills, key=lambda wanted: wanted.skill.encode()):
        running += wanted.weight
        points = whole * running // everything - given
        given += points
        shares.append((wanted.skill, wanted.target, points))
    return shares
