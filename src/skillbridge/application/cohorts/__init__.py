"""Cohorts: many learners shared among mentors at once, by order of an operator."""

from skillbridge.application.cohorts.applying import ApplyPlacements
from skillbridge.application.cohorts.gathering import GatherNeeds
from skillbridge.application.cohorts.orders import (
    ConfirmCohortRun,
    DiscardCohortRun,
    ExpireCohortRuns,
    OrderCohortRun,
)
from skillbridge.application.cohorts.preview import PreviewCohort
from skillbridge.application.cohorts.reading import GetCohortRun, ListCohortRuns, ListPlacements
from skillbridge.application.cohorts.running import RunCohort
from skillbridge.application.cohorts.tracker import CohortTracker

USE_CASES = (
    OrderCohortRun,
    ConfirmCohortRun,
    DiscardCohortRun,
    ExpireCohortRuns,
    PreviewCohort,
    RunCohort,
    ApplyPlacements,
    GetCohortRun,
    ListCohortRuns,
    ListPlacements,
)
PARTS = (CohortTracker, GatherNeeds)
"""What use cases and endpoints are made with."""
