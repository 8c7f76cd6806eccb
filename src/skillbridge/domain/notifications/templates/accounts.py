"""What people are told of their account."""

from skillbridge.domain.events.accounts import EmailVerified, SessionStolen
from skillbridge.domain.notifications.template import Template, Templates

TEMPLATES: Templates = {
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
}
