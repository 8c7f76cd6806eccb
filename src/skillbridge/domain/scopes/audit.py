"""Who may read what was done."""

from skillbridge.domain.actor import Role

SCOPES = {"audit:read": Role.ADMIN}
