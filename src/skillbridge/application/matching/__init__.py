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
from skillbridge.application.matching.pool import RefreshPool
from skillbridge.application.matching.suggestions import SuggestMentors

USE_CASES = (
    OfferMentoring,
    ShowMyOffer,
    SuggestMentors,
    RefreshPool,
    RequestMatch,
    AcceptMatch,
    DeclineMatch,
    WithdrawMatch,
    CompleteMatch,
    CancelMatch,
    ExpireMatches,
)
