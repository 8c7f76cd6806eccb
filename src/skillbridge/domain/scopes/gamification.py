"""Who may do what with badges."""

from skillbridge.domain.actor import Role

SCOPES = {"badges:read": Role.LEARNER}
