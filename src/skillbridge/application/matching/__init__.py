"""Matching: offer mentoring, find a mentor, ask, answer, end."""

from skillbridge.application.matching.matches import (
    AcceptMatch,
    CancelMatch,
    CompleteMatch,
    DeclineMatch,
    ExpireMatches,
    RequestMatch,
    WithdrawMatch,
)
from skillbridge.application.matching.offers import OfferMentoring, ShowMyOffer

USE_CASES = (
    OfferMentoring,
    ShowMyOffer,
    RequestMatch,
    AcceptMatch,
    DeclineMatch,
    WithdrawMatch,
    CompleteMatch,
    CancelMatch,
    ExpireMatches,
)
