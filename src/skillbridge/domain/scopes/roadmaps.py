"""Who may do what with roadmaps."""

from skillbridge.domain.actor import Role

SCOPES = {"roadmaps:read": Role.LEARNER, "roadmaps:write": Role.LEARNER}
