"""Who may do what with the settings of a tenant."""

from skillbridge.domain.actor import Role

SCOPES = {"tenants:read": Role.ADMIN, "tenants:write": Role.ADMIN}
