"""Why a mentor is suggested, in plain words: one sentence for each part of the score that counts."""

from collections.abc import Iterator

from skillbridge.application.matching.views import MentorCard
from skillbridge.domain.matching.need import Need
from skillbridge.domain.matching.score import USUAL, Score


def reasons(score: Score, need: Need, card: MentorCard) -> tuple[str, ...]:
    """In the order of the parts' weights; nothing is said of a part that adds nothing."""
    return tuple(_sentences(score, need, card))


def _sentences(score: Score, need: Need, card: MentorCard) -> Iterator[str]:
    known = [str(wanted.skill) for wanted in need.skills if wanted.skill in card.skills]
    yield f"Knows {_listed(known)}, which you want to learn."
    hours = "enough" if score.terms["availability"] >= USUAL.availability else "some"
    yield f"Has {hours} free hours in common with you each week."
    preferred = bool(need.languages) and need.languages[0] in card.languages
    yield "Speaks your preferred language." if preferred else "Speaks a language you know."
    if card.country is not None and card.country == need.country:
        yield "Lives in your country."
    elif score.terms["location"] * 2 >= USUAL.location:
        yield "Lives near you or keeps similar hours."
    if card.rating is not None:
        yield f"Rated {card.rating:.1f} of 5 by {_counted(card.ratings, 'learner')}."
    yield f"Has {_counted(card.free, 'free place')}."
    if card.experience_years:
        yield f"Has {_counted(card.experience_years, 'year')} of experience."


def _listed(words: list[str]) -> str:
    *others, last = words or ["a skill"]
    return f"{', '.join(others)} and {last}" if others else last


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
