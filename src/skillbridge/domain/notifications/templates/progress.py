"""What people are told of their progress."""

from skillbridge.domain.events.progress import ModuleCompleted, RoadmapCompleted
from skillbridge.domain.notifications.template import Template, Templates

_ROADMAP = "/roadmaps/{roadmap_id}"

TEMPLATES: Templates = {
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
}
