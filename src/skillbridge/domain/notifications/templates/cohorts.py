"""What people are told of the cohorts that they ordered."""

from functools import partial

from skillbridge.domain.events.cohorts import (
    CohortRunApplied,
    CohortRunExpired,
    CohortRunFailed,
    CohortRunProposed,
)
from skillbridge.domain.notifications.template import Template, Templates

_COHORT = "/cohorts/{cohort_id}"
_to_operator = partial(Template, "operator_id", link=_COHORT, key=_COHORT)

TEMPLATES: Templates = {
    CohortRunProposed: (
        _to_operator(
            "Your cohort is matched: {placed} of {learners}",
            "Look at the placements, then confirm or discard them within a week.",
        ),
    ),
    CohortRunApplied: (
        _to_operator(
            "Your cohort's mentors have been asked",
            "{applied} requests were made, {skipped} placements were not possible any more.",
        ),
    ),
    CohortRunFailed: (_to_operator("Your cohort was not matched", "The reason: {reason}."),),
    CohortRunExpired: (
        _to_operator(
            "A matched cohort has expired", "Nobody confirmed it within a week. Order another run."
        ),
    ),
}
