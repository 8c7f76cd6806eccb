"""What people are told of requests to mentors and mentorships."""

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
_ENDED = "Your mentorship with {0} has ended"

TEMPLATES: Templates = {
    MatchRequested: (
        Template(
            "mentor_id",
            "{learner} asks you to be their mentor",
            "Read what they write, and accept or decline before the request expires.",
            _MATCH,
            key=_MATCH,
            about="{learner_id}",
        ),
    ),
    MatchAccepted: (
        Template(
            "learner_id",
            "{mentor} is now your mentor",
            "Your request was accepted.",
            _MATCH,
            key=_MATCH,
            about="{mentor_id}",
        ),
    ),
    MatchDeclined: (
        Template(
            "learner_id",
            "{mentor} cannot be your mentor now",
            "Your request was declined. There are other mentors to ask.",
            _MENTORS,
            key=_MATCH,
            about="{mentor_id}",
        ),
    ),
    MatchExpired: (
        Template(
            "learner_id",
            "{mentor} did not answer in time",
            "Your request has expired. There are other mentors to ask.",
            _MENTORS,
            key=_MATCH,
            about="{mentor_id}",
        ),
    ),
    MatchWithdrawn: (
        Template(
            "mentor_id",
            "{learner} withdrew their request",
            "There is nothing left to answer.",
            _MATCH,
            key=_MATCH,
            about="{learner_id}",
        ),
    ),
    MatchEnded: (
        Template(
            "learner_id",
            _ENDED.format("{mentor}"),
            "It was marked as {event.outcome}.",
            _MATCH,
            key=_MATCH,
            about="{mentor_id}",
        ),
        Template(
            "mentor_id",
            _ENDED.format("{learner}"),
            "It was marked as {event.outcome}.",
            _MATCH,
            key=_MATCH,
            about="{learner_id}",
        ),
    ),
    LearnerPlaced: (
        Template(
            "learner_id",
            "We have asked {mentor} to be your mentor",
            "You suit each other well. Withdraw the request if you would rather choose yourself.",
            _MATCH,
            key=_MATCH,
            about="{mentor_id}",
        ),
    ),
}
