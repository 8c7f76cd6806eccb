"""Who may do what with notices."""

from skillbridge.domain.actor import Role

SCOPES = {"notices:read": Role.LEARNER, "notices:write": Role.LEARNER}
