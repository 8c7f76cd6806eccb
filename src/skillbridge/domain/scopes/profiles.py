"""Who may do what with profiles."""

from skillbridge.domain.actor import Role

SCOPES = {"profile:read": Role.LEARNER, "profile:write": Role.LEARNER}
