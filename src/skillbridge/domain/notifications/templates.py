"""Who is told of which event, and by which template."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from uuid import uuid5

from skillbridge.domain.events.accounts import EmailVerified, SessionStolen
from skillbridge.domain.events.cohorts import (
    CohortRunApplied,
    CohortRunExpired,
    CohortRunFailed,
    CohortRunProposed,
)
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.gamification import BadgeAwarded
from skillbridge.domain.events.matching import (
    LearnerPlaced,
    MatchAccepted,
    MatchDeclined,
    MatchEnded,
    MatchExpired,
    MatchRequested,
    MatchWithdrawn,
)
from skillbridge.domain.events.progress import ModuleCompleted, RoadmapCompleted
from skillbridge.domain.events.roadmaps import RoadmapFailed, RoadmapReady
from skillbridge.domain.ids import NoticeId, UserId
from skillbridge.domain.notifications.notice import Notice

Names = Mapping[UserId, str]

NAMELESS = {"user": "new learner", "learner": "A learner", "mentor": "A mentor"}
"""What people are called who have no name, or have it no longer."""


@dataclass(frozen=True, slots=True)
class Template:
    """For the person in the event's field `to`.

    Braces hold fields of the event, and for `learner_id` also `{learner}`, their name.
    """

    to: str
    title: str
    body: str
    link: str
    key: str
    """Of what was done: the same is not told twice, however often it is done."""
    about: str = ""
    """What an unread notice gives way to a newer one for; where nothing is said, that of `key`."""


_ROADMAP, _MATCH, _MENTORS = "/roadmaps/{roadmap_id}", "/matches/{match_id}", "/mentors/suggestions"
_COHORT = "/cohorts/{cohort_id}"
_ENDED = "Your mentorship with {0} has ended"

TEMPLATES: Mapping[type[Event], tuple[Template, ...]] = {
    EmailVerified: (
        Template(
            "user_id",
            "Welcome, {user}",
            "Your address is confirmed. Say what you want to learn, and get your first roadmap.",
            "/roadmaps",
            key="{user_id}",
        ),
    ),
    SessionStolen: (
        Template(
            "user_id",
            "A sign-in was closed",
            "Its token was used twice, as a thief would. Change your password if in doubt.",
            "/me",
            key="{id}",
            about="{user_id}",
        ),
    ),
    RoadmapReady: (
        Template(
            "learner_id",
            "Your roadmap is ready",
            "“{title}” waits for you: start with its first module.",
            _ROADMAP,
            key=_ROADMAP,
        ),
    ),
    RoadmapFailed: (
        Template(
            "learner_id",
            "Your roadmap could not be written",
            "The reason: {reason}. You can ask for it again.",
            _ROADMAP,
            key=_ROADMAP,
        ),
    ),
    ModuleCompleted: (
        Template(
            "learner_id",
            "Module completed: {title}",
            "You are {percent} % through this roadmap.",
            _ROADMAP,
            key="{roadmap_id}/{module_id}",
        ),
    ),
    RoadmapCompleted: (
        Template(
            "learner_id",
            "Roadmap finished",
            "Every module is done. What will you learn next?",
            _ROADMAP,
            key=_ROADMAP,
        ),
    ),
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
            "It was marked as {outcome}.",
            _MATCH,
            key=_MATCH,
            about="{mentor_id}",
        ),
        Template(
            "mentor_id",
            _ENDED.format("{learner}"),
            "It was marked as {outcome}.",
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
    BadgeAwarded: (
        Template(
            "user_id", "New badge: {title}", "You have earned it.", "/me/badges", key="{badge_id}"
        ),
    ),
}
"""An event that is not here concerns nobody's attention."""


def people_in(event: Event) -> dict[str, UserId]:
    """Everybody whom the event names, by their part in it: `learner`, `mentor`, `user`."""
    told = {part: getattr(event, f"{part}_id", None) for part in NAMELESS}
    return {part: user_id for part, user_id in told.items() if user_id is not None}


def notices_of(event: Event, names: Names) -> tuple[Notice, ...]:
    """All that is to be told of `event`; whoever did it knows, and is not told; nor is nobody."""
    people = people_in(event)
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    values |= {part: names.get(people[part], NAMELESS[part]) for part in people}
    if isinstance(event, MatchEnded):
        values["outcome"] = "completed" if event.completed else "cancelled"
    return tuple(
        Notice(
            id=_id(event, values[template.to], template.key.format_map(values)),
            user_id=values[template.to],
            event_id=event.id,
            kind=type(event).__name__,
            about=(template.about or template.key).format_map(values),
            title=template.title.format_map(values),
            body=template.body.format_map(values),
            link=template.link.format_map(values),
            created_at=event.at,
        )
        for template in TEMPLATES.get(type(event), ())
        if values[template.to] not in {None, values.get("by")}
    )


def _id(event: Event, told: UserId, key: str) -> NoticeId:
    return NoticeId(uuid5(told, f"{type(event).__name__} {key}"))
