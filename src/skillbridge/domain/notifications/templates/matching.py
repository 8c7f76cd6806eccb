"""What people are told of requests to mentors and mentorships."""

from functools import partial

from skillbridge.domain.events.matching import (
    LearnerPlaced,
    MatchAccepted,
    MatchDeclined,
    MatchEnded,
    MatchExpired,
    MatchRequested,
    MatchWithdrawn,
)
from skillbridge.domain.notifications.template import Template, Templates

_MATCH, _MENTORS = "/matches/{match_id}", "/mentors/suggestions"
_told = partial(Template, link=_MATCH, key=_MATCH)
_to_learner = partial(_told, "learner_id", about="{mentor_id}")
_to_mentor = partial(_told, "mentor_id", about="{learner_id}")
_ENDED = "Your mentorship with {0} has ended"

TEMPLATES: Templates = {
    MatchRequested: (
        _to_mentor(
            "{learner} asks you to be their mentor",
            "Read what they write, and accept or decline before the request expires.",
        ),
    ),
    MatchAccepted: (_to_learner("{mentor} is now your mentor", "Your request was accepted."),),
    MatchDeclined: (
        _to_learner(
            "{mentor} cannot be your mentor now",
            "Your request was declined. There are other mentors to ask.",
            link=_MENTORS,
        ),
    ),
    MatchExpired: (
        _to_learner(
            "{mentor} did not answer in time",
            "Your request has expired. There are other mentors to ask.",
            link=_MENTORS,
        ),
    ),
    MatchWithdrawn: (
        _to_mentor("{learner} withdrew their request", "There is nothing left to answer."),
    ),
    MatchEnded: (
        _to_learner(_ENDED.format("{mentor}"), "It was marked as {event.outcome}."),
        _to_mentor(_ENDED.format("{learner}"), "It was marked as {event.outcome}."),
    ),
    LearnerPlaced: (
        _to_learner(
            "We have asked {mentor} to be your mentor",
            "You suit each other well. Withdraw the request if you would rather choose yourself.",
        ),
    ),
}
