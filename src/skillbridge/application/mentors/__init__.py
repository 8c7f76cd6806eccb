"""Mentors: offer mentoring, pause, search."""

from skillbridge.application.mentors.offers import OfferMentoring, PauseOffer, ShowMyOffer

USE_CASES = (
    OfferMentoring,
    PauseOffer,
    ShowMyOffer,
)
