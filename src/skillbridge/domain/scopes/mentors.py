"""Who may do what with mentors."""

from skillbridge.domain.actor import Role

SCOPES = {"mentors:read": Role.LEARNER}
