"""Matching: offer mentoring, find a mentor, ask, answer, end."""

from skillbridge.application.matching.impressions import ExportExamples, ForgetImpressions
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
    ExportExamples,
    ForgetImpressions,
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
