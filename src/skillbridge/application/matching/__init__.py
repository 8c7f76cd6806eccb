"""Matching: ask a mentor, answer, end."""

from skillbridge.application.matching.matches import (
    AcceptMatch,
    CancelMatch,
    CompleteMatch,
    DeclineMatch,
    EndMatches,
    ExpireMatches,
    RequestMatch,
    WithdrawMatch,
)

USE_CASES = (
    RequestMatch,
    AcceptMatch,
    DeclineMatch,
    WithdrawMatch,
    CompleteMatch,
    CancelMatch,
    EndMatches,
    ExpireMatches,
)
