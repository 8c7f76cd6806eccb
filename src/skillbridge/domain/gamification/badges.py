"""The badges there are. To add one, add it here; a badge in use keeps its id for ever."""

from datetime import datetime

from skillbridge.domain.events.event import Event
from skillbridge.domain.events.matching import MatchAccepted
from skillbridge.domain.events.progress import ModuleCompleted, RoadmapCompleted
from skillbridge.domain.gamification.badge import Activity, ActivityTimes, Badge
from skillbridge.domain.ids import BadgeId, UserId

_ROWS = (
    ("first-step", "First step", "Complete your first module.", {Activity.MODULES_COMPLETED: 1}),
    ("steady-hand", "Steady hand", "Complete five modules.", {Activity.MODULES_COMPLETED: 5}),
    ("pathfinder", "Pathfinder", "Finish your first roadmap.", {Activity.ROADMAPS_FINISHED: 1}),
    ("connected", "Connected", "Find your first mentor.", {Activity.MENTORS_FOUND: 1}),
    ("open-door", "Open door", "Welcome your first learner.", {Activity.LEARNERS_WELCOMED: 1}),
)
BADGES = tuple(Badge(BadgeId(name), title, told, rule) for name, title, told, rule in _ROWS)

MOST_NEEDED = max(needed for badge in BADGES for needed in badge.rule.values())
"""Of what somebody does, later times earn nothing."""


def earned(times: ActivityTimes) -> tuple[tuple[Badge, datetime], ...]:
    """The badges that so much activity is worth, and when each was earned."""
    return tuple((badge, at) for badge in BADGES if (at := badge.earned_at(times)))


def doers(event: Event) -> tuple[UserId, ...]:
    """Whose activity an event adds to; in a fixed order, so that two awards cannot deadlock."""
    match event:
        case ModuleCompleted() | RoadmapCompleted():
            return (event.learner_id,)
        case MatchAccepted():
            return tuple(sorted((event.learner_id, event.mentor_id)))
        case _:
            return ()
