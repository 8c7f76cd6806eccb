"""The badges there are. To add one, add it here; a badge in use keeps its id for ever."""

from skillbridge.domain.events import Event, MatchAccepted, ModuleCompleted, RoadmapCompleted
from skillbridge.domain.gamification.badge import Badge, Deed, Tally
from skillbridge.domain.ids import BadgeId, UserId

BADGES: tuple[Badge, ...] = (
    Badge(
        BadgeId("first-step"),
        "First step",
        "Complete your first module.",
        {Deed.MODULES_COMPLETED: 1},
    ),
    Badge(
        BadgeId("steady-hand"),
        "Steady hand",
        "Complete five modules.",
        {Deed.MODULES_COMPLETED: 5},
    ),
    Badge(
        BadgeId("pathfinder"),
        "Pathfinder",
        "Finish your first roadmap.",
        {Deed.ROADMAPS_FINISHED: 1},
    ),
    Badge(
        BadgeId("connected"),
        "Connected",
        "Find your first mentor.",
        {Deed.MENTORS_FOUND: 1},
    ),
    Badge(
        BadgeId("open-door"),
        "Open door",
        "Welcome your first learner.",
        {Deed.LEARNERS_WELCOMED: 1},
    ),
)


def earned(deeds: Tally) -> tuple[Badge, ...]:
    """The badges that these deeds are worth."""
    return tuple(badge for badge in BADGES if badge.earned(deeds))


def doers(event: Event) -> tuple[UserId, ...]:
    """Whose deeds an event adds to; in a fixed order, so that two awards cannot deadlock."""
    match event:
        case ModuleCompleted() | RoadmapCompleted():
            return (event.learner_id,)
        case MatchAccepted():
            return tuple(sorted((event.learner_id, event.mentor_id)))
        case _:
            return ()
