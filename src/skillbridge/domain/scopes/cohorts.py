"""Who may do what with cohorts."""

from skillbridge.domain.actor import Role

SCOPES = {"cohorts:read": Role.ADMIN, "cohorts:write": Role.ADMIN}
