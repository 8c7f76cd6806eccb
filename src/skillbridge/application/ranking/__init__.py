"""Ranking: who suits a learner, best first, and what was shown."""

from skillbridge.application.ranking.impressions import ExportExamples, ForgetImpressions
from skillbridge.application.ranking.pool import RefreshPool
from skillbridge.application.ranking.suggestions import SuggestMentors

USE_CASES = (
    SuggestMentors,
    RefreshPool,
    ExportExamples,
    ForgetImpressions,
)
