"""Who is told of which event, and in which words: every context says it of its own events."""

from skillbridge.domain.declared import joined
from skillbridge.domain.notifications.template import Templates

TEMPLATES: Templates = joined(__name__, "TEMPLATES")
"""An event that is not here concerns nobody's attention."""
