"""Matching: offer mentoring, find a mentor, ask, answer, end; and whole cohorts at once."""

from skillbridge.application.matching.cohorts import (
    ApplyPlacements,
    ConfirmCohortRun,
    DiscardCohortRun,
    ExpireCohortRuns,
    GetCohortRun,
    ListCohortRuns,
    ListPlacements,
    OrderCohortRun,
    PreviewCohort,
    RunCohort,
)
from skillbridge.application.matching.gathering import GatherNeeds
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
from skillbridge.application.matching.offers import OfferMentoring, PauseOffer, ShowMyOffer
from skillbridge.application.matching.pool import RefreshPool
from skillbridge.application.matching.suggestions import SuggestMentors
from skillbridge.application.matching.tracker import CohortTracker

USE_CASES = (
    ExportExamples,
    ForgetImpressions,
    OfferMentoring,
    PauseOffer,
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
    OrderCohortRun,
    GatherNeeds,
    PreviewCohort,
    RunCohort,
    CohortTracker,
    GetCohortRun,
    ListCohortRuns,
    ListPlacements,
    ConfirmCohortRun,
    ApplyPlacements,
    DiscardCohortRun,
    ExpireCohortRuns,
)
