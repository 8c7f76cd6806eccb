"""Who may do what with jobs, which are of no context."""

from skillbridge.domain.actor import Role

SCOPES = {"jobs:read": Role.ADMIN, "jobs:write": Role.ADMIN}
