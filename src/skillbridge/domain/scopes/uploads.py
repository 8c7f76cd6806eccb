"""Who may do what with files."""

from skillbridge.domain.actor import Role

SCOPES = {"uploads:read": Role.LEARNER, "uploads:write": Role.LEARNER}
