"""What a model may know of a suggestion, in whole numbers: the same when it ranks and when it learns.

    skill … experience   the terms of the score, in basis points of the whole score
    total                their sum
    base_position        the place in the order of the totals, 1 for the best
    skills_met           how many of the wanted skills the mentor has
    skills_wanted        how many there are
    reviews              how many learners have rated the mentor
    free_places          places that nobody has taken
    experience_years     years of experience, as the mentor says
    same_country         1 when both say the same country, otherwise 0

`docs/learning-to-rank.md` says the same with ranges. A feature never changes its meaning: another
meaning is another name.
"""

from collections.abc import Mapping

from skillbridge.application.mentors.views import MentorCard
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import TERMS, Score

FEATURES = (
    *TERMS,
    "total",
    "base_position",
    "skills_met",
    "skills_wanted",
    "reviews",
    "free_places",
    "experience_years",
    "same_country",
)


def features(score: Score, need: Need, card: MentorCard, base_position: int) -> Mapping[str, int]:
    """Every feature of one suggestion, in the order of `FEATURES`."""
    met = sum(wanted.skill in card.skills for wanted in need.skills)
    known = (
        *(score.terms[term] for term in TERMS),
        score.total,
        base_position,
        met,
        len(need.skills),
        card.ratings,
        card.free,
        card.experience_years,
        int(card.country is not None and card.country == need.country),
    )
    return dict(zip(FEATURES, known, strict=True))
