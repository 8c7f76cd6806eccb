"""Who may do what with progress."""

from skillbridge.domain.actor import Role

SCOPES = {"progress:read": Role.LEARNER, "progress:write": Role.LEARNER}
