"""Why a mentor is suggested, in plain words: a sentence for each part of the score that counts."""

from collections.abc import Iterator

from skillbridge.application.mentors.views import MentorCard
from skillbridge.domain.ranking.availability import ALL_WEEK
from skillbridge.domain.ranking.countries import WHOLE, nearness
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import USUAL, Score, Weights


def reasons(
    score: Score, need: Need, card: MentorCard, weights: Weights = USUAL
) -> tuple[str, ...]:
    """In the order of the usual weights; each says what both have told and no more."""
    return tuple(_sentences(score, need, card, weights))


def _sentences(score: Score, need: Need, card: MentorCard, weights: Weights) -> Iterator[str]:
    if known := [str(wanted.skill) for wanted in need.skills if wanted.skill in card.skills]:
        yield f"Knows {_listed(known)}, which you want to learn."
    if need.availability == ALL_WEEK:  # also of who told no hours
        yield "Has free hours each week."
    else:
        hours = "enough" if score.terms["availability"] >= weights.availability else "some"
        yield f"Has {hours} free hours in common with you each week."
    if shared := [language for language in need.languages if language in card.languages]:
        place = "the first language" if shared[0] == need.languages[0] else "a language"
        yield f"Speaks {shared[0]}, {place} of your profile."
    if card.country is not None and card.country == need.country:
        yield "Lives in your country."
    elif nearness(need.country, card.country) * 2 >= WHOLE:
        yield "Lives in your part of the world."
    if card.rating is not None:
        yield f"Rated {card.rating:.1f} of 5 by {_counted(card.ratings, 'learner')}."
    if card.free:
        yield f"Has {_counted(card.free, 'free place')}."
    if card.experience_years:
        yield f"Has {_counted(card.experience_years, 'year')} of experience."


def _listed(words: list[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
