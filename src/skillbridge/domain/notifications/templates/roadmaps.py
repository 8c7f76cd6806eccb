"""What people are told of their roadmaps."""

from skillbridge.domain.events.roadmaps import RoadmapFailed, RoadmapReady
from skillbridge.domain.notifications.template import Template, Templates

_ROADMAP = "/roadmaps/{roadmap_id}"

TEMPLATES: Templates = {
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
}
