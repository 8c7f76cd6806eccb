"""Who may do what with resources."""

from skillbridge.domain.actor import Role

SCOPES = {"resources:read": Role.LEARNER}
