"""What people are told of their roadmaps."""

from functools import partial

from skillbridge.domain.events.roadmaps import RoadmapFailed, RoadmapReady
from skillbridge.domain.notifications.template import Template, Templates

_ROADMAP = "/roadmaps/{roadmap_id}"
_to_learner = partial(Template, "learner_id", link=_ROADMAP, key=_ROADMAP)

TEMPLATES: Templates = {
    RoadmapReady: (
        _to_learner(
            "Your roadmap is ready", "“{title}” waits for you: start with its first module."
        ),
    ),
    RoadmapFailed: (
        _to_learner(
            "Your roadmap could not be written", "The reason: {reason}. You can ask for it again."
        ),
    ),
}
