"""Who may do what with what they sign in with, and with the accounts of others."""

from skillbridge.domain.actor import Role

SCOPES = {
    "security:read": Role.LEARNER,
    "security:write": Role.LEARNER,
    "users:read": Role.ADMIN,
    "users:write": Role.ADMIN,
}
