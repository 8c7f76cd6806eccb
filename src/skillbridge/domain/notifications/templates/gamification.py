"""What people are told of their badges."""

from skillbridge.domain.events.gamification import BadgeAwarded
from skillbridge.domain.notifications.template import Template, Templates

TEMPLATES: Templates = {
    BadgeAwarded: (
        Template(
            "user_id", "New badge: {title}", "You have earned it.", "/me/badges", key="{badge_id}"
        ),
    ),
}
