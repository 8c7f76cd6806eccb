"""What people are told of the cohorts that they ordered."""

from skillbridge.domain.events.cohorts import (
    CohortRunApplied,
    CohortRunExpired,
    CohortRunFailed,
    CohortRunProposed,
)
from skillbridge.domain.notifications.template import Template, Templates

_COHORT = "/cohorts/{cohort_id}"

TEMPLATES: Templates = {
    CohortRunProposed: (
        Template(
            "operator_id",
            "Your cohort is matched: {placed} of {learners}",
            "Look at the placements, then confirm or discard them within a week.",
            _COHORT,
            key=_COHORT,
        ),
    ),
    CohortRunApplied: (
        Template(
            "operator_id",
            "Your cohort's mentors have been asked",
            "{applied} requests were made, {skipped} placements were not possible any more.",
            _COHORT,
            key=_COHORT,
        ),
    ),
    CohortRunFailed: (
        Template(
            "operator_id",
            "Your cohort was not matched",
            "The reason: {reason}.",
            _COHORT,
            key=_COHORT,
        ),
    ),
    CohortRunExpired: (
        Template(
            "operator_id",
            "A matched cohort has expired",
            "Nobody confirmed it within a week. Order another run.",
            _COHORT,
            key=_COHORT,
        ),
    ),
}
