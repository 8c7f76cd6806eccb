"""Who may do what with the accounts of others."""

from skillbridge.domain.actor import Role

SCOPES = {"users:read": Role.ADMIN, "users:write": Role.ADMIN}
